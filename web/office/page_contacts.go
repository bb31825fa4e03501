package office

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bantin"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

// contactsPage lists contacts.
type contactsPage struct {
	page
	Total    string
	Query    string // the beginning of an address
	Since    string // a day
	Statuses []option
	Digests  []option
	Places   []option

	Contacts []contactRow

	NewPlaces, Levels, Languages []option // of the form of a new contact

	More string // "" at the end
}

// contactRow is a contact in the list. Href is "" for one who is none yet.
type contactRow struct{ Address, Name, Place, Level, Note, Href string }

const contactsPerPage = 50

func (o *office) contacts(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	f, err := o.contactFilter(q)
	if err != nil {
		return err
	}
	p := &contactsPage{page: o.newPage(r, v, "contacts", ""), Query: f.Prefix, Since: q.Get("since")}
	p.Title = p.Say("Người nhận", "Contacts")
	p.choices(o, &f)
	list, next, err := o.Store.Contacts().List(r.Context(), f, contactsPerPage)
	if err != nil {
		return err
	}
	if next != "" {
		q.Set("after", next)
		q.Del("lang")
		q.Del("done")
		p.More = "/office/contacts?" + q.Encode()
		w.Header().Set("Link", "<"+p.More+`>; rel="next"`)
	}
	values := make([]any, 0, len(list))
	for i := range list {
		p.Contacts = append(p.Contacts, o.contactRow(&p.page, &list[i]))
		values = append(values, NewContactJSON(o.Tokens, &list[i]))
	}
	growth, err := o.Store.Figures().Growth(r.Context(), o.Now())
	if err != nil {
		return err
	}
	p.Total = p.Count(growth.Contacts)
	return o.show(w, r, "contacts", p, values...)
}

// contactFilter reads the filters of a list, which are those of `contacts list`.
func (o *office) contactFilter(q url.Values) (store.ContactFilter, error) {
	f := store.ContactFilter{Prefix: strings.TrimSpace(q.Get("q")), Status: store.ContactStatus(q.Get("status")), Digest: q.Get("digest"), After: q.Get("after"),
		Today: bantin.DayOf(o.Now().In(o.Site.Location))}
	for _, d := range o.Digests {
		if d.Audience != nil {
			f.Digests = append(f.Digests, store.DigestAudience{ID: d.ID, Audience: d.Audience()})
		}
	}
	if f.Status != "" && !f.Status.IsKnown() {
		return f, fmt.Errorf("status %q: %w", f.Status, bantin.ErrNotFound)
	}
	if f.Digest != "" && !slices.ContainsFunc(f.Digests, func(d store.DigestAudience) bool { return d.ID == f.Digest }) {
		return f, fmt.Errorf("digest %q: %w", f.Digest, bantin.ErrNotFound)
	}
	if name := q.Get("place"); name != "" {
		var ok bool
		if f.Place, ok = place.Lookup(name); !ok {
			return f, fmt.Errorf("place %q: %w", name, bantin.ErrNotFound)
		}
	}
	if text := q.Get("since"); text != "" {
		var err error
		if f.Since, err = formTime(text, o.Site.Location); err != nil {
			return f, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Ngày %q: hãy viết như 2026-11-23.", text), EN: fmt.Sprintf("Day %q: write it as 2026-11-23.", text)}}
		}
	}
	return f, nil
}

// choices are those of the filter.
func (p *contactsPage) choices(o *office, f *store.ContactFilter) {
	p.Places = placeOptions(p.Language, f.Place, p.Say("mọi nơi", "all places"))
	p.NewPlaces, p.Levels, p.Languages = placeOptions(p.Language, "", p.Say("(không ghi)", "(none)")), levelOptions(p.Language, ""), languageOptions(p.Language, "")
	p.Statuses = []option{{"", p.Say("tất cả", "all"), f.Status == ""}}
	for _, s := range store.ContactStatuses() {
		p.Statuses = append(p.Statuses, option{string(s), s.Words().In(p.Language), s == f.Status})
	}
	p.Digests = []option{{"", p.Say("mọi bản tin tổng hợp", "all digests"), f.Digest == ""}}
	for _, d := range o.Digests {
		p.Digests = append(p.Digests, option{d.ID, d.Title, d.ID == f.Digest})
	}
}

// placeOptions are all places, behind one for none.
func placeOptions(l bantin.Language, chosen, none string) []option {
	list := []option{{"", none, chosen == ""}}
	for _, unit := range place.All() {
		list = append(list, option{unit.Slug, place.Name(unit.Slug, l), unit.Slug == chosen})
	}
	return list
}

func levelOptions(l bantin.Language, chosen bantin.Level) []option {
	list := []option{{"", l.Say("(không ghi)", "(none)"), chosen == ""}}
	for _, level := range bantin.Levels() {
		list = append(list, option{string(level), level.Words().In(l), level == chosen})
	}
	return list
}

func languageOptions(l, chosen bantin.Language) []option {
	list := []option{{"", l.Say("(không ghi)", "(none)"), chosen == ""}}
	for _, language := range bantin.Languages() {
		list = append(list, option{string(language), language.Words().In(l), language == chosen})
	}
	return list
}

func (o *office) contactRow(p *page, c *store.ListedContact) contactRow {
	row := contactRow{Address: c.Email, Name: c.Name, Place: place.Name(c.Place, p.Language), Level: c.Level.Words().In(p.Language), Note: c.Status.Words().In(p.Language)}
	if c.ID != 0 {
		row.Href = "/office/contacts/" + ContactKey(o.Tokens, c.ID)
	}
	switch c.Status {
	case store.ContactSuppressed:
		row.Note += ": " + p.reason(bounce.Reason(c.Why))
	case store.ContactPaused:
		row.Note += p.Say(" đến ", " until ") + c.Why
	}
	if !c.Since.IsZero() {
		row.Note += p.Say(", từ ", ", since ") + templates.ShortDate(c.Since.In(o.Site.Location))
	}
	return row
}

// ContactKey names a contact on these pages: no other link of theirs can be made of it, and
// nobody guesses one.
func ContactKey(tokens *mailer.Tokens, id int64) string {
	n := strconv.FormatInt(id, 10)
	return n + "-" + tokens.RateLimitKey("office contact", n)[:16]
}

// ContactJSON is a contact as `contacts list --json` prints it.
type ContactJSON struct {
	store.ListedContact
	Key string `json:"key,omitempty"` // on these pages; "" for a sign-up that is no contact yet
}

// NewContactJSON adds the key of a contact.
func NewContactJSON(tokens *mailer.Tokens, c *store.ListedContact) ContactJSON {
	out := ContactJSON{ListedContact: *c}
	if c.ID != 0 {
		out.Key = ContactKey(tokens, c.ID)
	}
	return out
}
