package place

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"bantin"
)

// Unit is a province or a centrally run city, of today or of before the
// reform of 2025-07-01.
type Unit struct {
	Slug      string     // its key in addresses, YAML and the store
	Name      string     // as people say it: "Phú Thọ"
	FullName  string     // with its kind: "Tỉnh Phú Thọ"
	Kind      Kind       // as of today, or of its last day
	Aliases   []string   // other names and spellings that texts use
	Until     bantin.Day // its last day; zero while it exists
	Successor string     // slug of the unit it became part of
}

// Kind tells provinces from cities.
type Kind string

// The kinds of a unit.
const (
	Province Kind = "province"
	City     Kind = "city"
)

// English is the name as English text writes it: without diacritics.
func (u *Unit) English() string { return unmarked(u.Name) }

// All lists every unit of both vintages in the order of the Vietnamese alphabet.
func All() []Unit { return slices.Clone(gazetteer().units) }

// Today lists the 34 units that exist, in the order of the Vietnamese alphabet.
func Today() []Unit {
	return slices.DeleteFunc(All(), func(u Unit) bool { return u.Successor != "" })
}

// Name gives the unit's name in l, "Phú Thọ" or "Phu Tho". A slug that names
// no unit is given back as it is, so that a page shows at least that.
func Name(slug string, l bantin.Language) string {
	u := gazetteer().bySlug[slug]
	if u == nil {
		return slug
	}
	return l.Say(u.Name, u.English())
}

// Names lists places as readers see them.
func Names(slugs []string, l bantin.Language) string {
	var names []string
	for _, slug := range slugs {
		names = append(names, Name(slug, l))
	}
	return strings.Join(names, ", ")
}

// IsCity reports whether the slug names a centrally run city.
func IsCity(slug string) bool {
	u := gazetteer().bySlug[slug]
	return u != nil && u.Kind == City
}

//go:embed units.csv
var unitsCSV string

// book is units.csv with its indexes. It never changes after it was made.
type book struct {
	units        []Unit // by the Vietnamese alphabet
	bySlug       map[string]*Unit
	byName       map[string]string // key of any name → slug
	predecessors map[string][]string
}

// gazetteer reads units.csv once. A fault in it is one of the program, which
// the tests find.
var gazetteer = sync.OnceValue(func() *book {
	units, err := readUnits(unitsCSV)
	if err != nil {
		panic(err)
	}
	return newBook(units)
})

func readUnits(text string) ([]Unit, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read units.csv: %w", err)
	}
	units := make([]Unit, 0, len(rows)-1)
	for _, row := range rows[1:] {
		u := Unit{Slug: row[0], Name: row[1], FullName: row[2], Kind: Kind(row[3]), Successor: row[6]}
		if row[4] != "" {
			u.Aliases = strings.Split(row[4], "|")
		}
		if err := u.Until.UnmarshalText([]byte(row[5])); err != nil {
			return nil, fmt.Errorf("read units.csv: %s: %w", u.Slug, err)
		}
		units = append(units, u)
	}
	return units, nil
}

func newBook(units []Unit) *book {
	vi := collate.New(language.Vietnamese)
	slices.SortFunc(units, func(a, b Unit) int {
		return cmp.Or(vi.CompareString(a.Name, b.Name), cmp.Compare(a.Slug, b.Slug))
	})
	b := &book{
		units:        units,
		bySlug:       map[string]*Unit{},
		byName:       map[string]string{},
		predecessors: map[string][]string{},
	}
	for i := range units {
		u := &units[i]
		b.bySlug[u.Slug] = u
		if u.Successor != "" {
			b.predecessors[u.Successor] = append(b.predecessors[u.Successor], u.Slug)
		}
		for _, name := range append([]string{u.Slug, u.Name, u.FullName}, u.Aliases...) {
			b.byName[nameKey(name)] = u.Slug
		}
	}
	return b
}
