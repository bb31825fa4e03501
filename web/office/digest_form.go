package office

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// digestForm is the form in which the next edition is composed.
type digestForm struct {
	Version              int
	Edition              string // the draft that it changes; "" for an edition that is not made yet
	Greeting, GreetingEN string
	Subject              string
	Items                []composedItem
	Always               []bulletinLink     // what no edition has; Href is the id
	Theirs               *theirs            // what another composed meanwhile; nil for nothing
	File                 *bantin.LinkedFile // nil for none
	MaxGreeting          int
	MaxSubject           int
}

// composedItem is a bulletin of the next edition, or one that was left out of it.
type composedItem struct {
	ID, Title, Href, Places string
	Order                   string // its number among those that stand first; "" for none
	IsDropped               bool
}

// theirs is what another composed, beside what somebody typed.
type theirs struct {
	Who, At              string
	Greeting, GreetingEN string
	Subject              string
	Pin, Drop            string
}

// changedWords say that a form was not done since another was before.
var changedWords = bantin.Words{
	VI: "Người khác vừa sửa kỳ này. Chưa ghi gì của bạn: hãy xem phần họ đã ghi, rồi ghi lại.",
	EN: "Somebody changed this edition meanwhile. Nothing of yours was saved: look at what they saved, and save again.",
}

// digestForm fills the form with what is composed, or with what somebody typed.
func (o *office) digestForm(ctx context.Context, p *digestPage, now *store.Composed, bulletins []bantin.Bulletin, typed *bantin.Composition) (digestForm, error) {
	c := now.Composition
	f := digestForm{Version: now.Version, Edition: now.Edition, File: now.File, MaxGreeting: bantin.MaxGreeting, MaxSubject: bantin.MaxSubject}
	if typed != nil {
		f.Theirs = &theirs{Who: now.Who, Greeting: c.Greeting, GreetingEN: c.GreetingEN, Subject: c.Subject, Pin: strings.Join(c.Pin, ", "), Drop: strings.Join(c.Drop, ", ")}
		if !now.At.IsZero() {
			f.Theirs.At = p.When(now.At, o.zone(p.ID))
		}
		c = *typed
	}
	f.Greeting, f.GreetingEN, f.Subject = c.Greeting, c.GreetingEN, c.Subject
	for i := range bulletins {
		f.Items = append(f.Items, p.composedItem(&bulletins[i], &c))
	}
	for _, id := range slices.Concat(c.Pin, c.Drop) { // those that it does not have
		if slices.ContainsFunc(f.Items, func(item composedItem) bool { return item.ID == id }) {
			continue
		}
		b, err := o.Store.Bulletins().Get(ctx, id)
		if errors.Is(err, bantin.ErrNotFound) || asMerged(err) != "" {
			continue
		}
		if err != nil {
			return f, err
		}
		f.Items = append(f.Items, p.composedItem(&b, &c))
	}
	for _, id := range now.Always {
		b, err := o.Store.Bulletins().Get(ctx, id)
		if err != nil && asMerged(err) == "" {
			return f, err
		}
		f.Always = append(f.Always, bulletinLink{cmp.Or(b.Title, id), id})
	}
	return f, nil
}

func (p *digestPage) composedItem(b *bantin.Bulletin, c *bantin.Composition) composedItem {
	item := composedItem{ID: b.ID, Title: cmp.Or(b.Title, b.ID), Href: "/office/bulletins/" + url.PathEscape(b.ID), IsDropped: slices.Contains(c.Drop, b.ID)}
	if i := slices.Index(c.Pin, b.ID); i >= 0 {
		item.Order = strconv.Itoa(i + 1)
	}
	var names []string
	for i, slug := range b.Places {
		if i == 3 {
			names = append(names, "…")
			break
		}
		names = append(names, place.Name(slug, p.Language))
	}
	item.Places = strings.Join(names, ", ")
	return item
}

// orderField begins the name of a field with the number that a bulletin has among those
// that stand first.
const orderField = "order:"

// readComposition reads what a form composes: the fields of the contract, and on our own
// page a number for each bulletin that is to stand first.
func readComposition(form url.Values) (bantin.Composition, error) {
	c := bantin.Composition{
		Greeting: letter(form.Get("greeting")), GreetingEN: letter(form.Get("greeting_en")), Subject: oneLine(form.Get("subject")),
		Pin: names(form["pin"]), Drop: names(form["drop"]),
	}
	type numbered struct {
		id     string
		number int
	}
	var order []numbered
	for name, values := range form {
		id, ok := strings.CutPrefix(name, orderField)
		if !ok || strings.TrimSpace(values[0]) == "" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(values[0]))
		if err != nil {
			return c, &refusal{422, bantin.Words{VI: "Thứ tự đứng đầu là một số: 1, 2, 3.", EN: "The order of what stands first is a number: 1, 2, 3."}}
		}
		order = append(order, numbered{id, n})
	}
	slices.SortFunc(order, func(a, b numbered) int { return cmp.Or(a.number-b.number, strings.Compare(a.id, b.id)) })
	var first []string
	for _, n := range order {
		first = append(first, n.id)
	}
	c.Pin = names(append(first, c.Pin...))
	c.Drop = slices.DeleteFunc(c.Drop, func(id string) bool { return slices.Contains(c.Pin, id) })
	return c, nil
}

// letter is text of several lines as browsers send it.
func letter(text string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "�")))
}

// names are ids, each once; an address of a bulletin's page stands for its id.
func names(list []string) (ids []string) {
	for _, id := range list {
		id = strings.TrimSpace(id)
		if i := strings.LastIndex(id, "/bulletins/"); i >= 0 {
			id, _, _ = strings.Cut(id[i+len("/bulletins/"):], "?")
		}
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// droppedAlways are the bulletins to leave out of all editions: the field names them, or
// says that of all that are dropped.
func droppedAlways(form url.Values, drop []string) []string {
	given := names(form["always"])
	if len(given) == 1 && slices.Contains([]string{"1", "on", "true", "yes"}, given[0]) {
		return drop
	}
	return given
}
