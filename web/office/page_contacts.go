package office

import (
	"context"
	"crypto/subtle"
	"fmt"
	"maps"
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
	More     string // "" at the end
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
	p.Places = []option{{"", p.Say("mọi nơi", "all places"), f.Place == ""}}
	for _, unit := range place.All() {
		p.Places = append(p.Places, option{unit.Slug, place.Name(unit.Slug, p.Language), unit.Slug == f.Place})
	}
	p.Statuses = []option{{"", p.Say("tất cả", "all"), f.Status == ""}}
	for _, s := range store.ContactStatuses() {
		p.Statuses = append(p.Statuses, option{string(s), s.Words().In(p.Language), s == f.Status})
	}
	p.Digests = []option{{"", p.Say("mọi bản tin tổng hợp", "all digests"), f.Digest == ""}}
	for _, d := range o.Digests {
		p.Digests = append(p.Digests, option{d.ID, d.Title, d.ID == f.Digest})
	}
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

// contactOf finds the contact that a key names; bantin.ErrNotFound.
func (o *office) contactOf(ctx context.Context, key string) (c bantin.Contact, err error) {
	n, _, _ := strings.Cut(key, "-")
	id, err := strconv.ParseInt(n, 10, 64)
	if err != nil || subtle.ConstantTimeCompare([]byte(key), []byte(ContactKey(o.Tokens, id))) != 1 {
		return c, fmt.Errorf("contact %q: %w", key, bantin.ErrNotFound)
	}
	address, err := o.Store.Contacts().AddressByID(ctx, id)
	if err != nil {
		return c, err
	}
	return o.Store.Contacts().Get(ctx, address)
}

// contactJSON is a contact as `contacts show --json` prints it, with the key of these pages.
func (o *office) contactJSON(c *bantin.Contact, record []bantin.AuditEntry) any {
	return struct {
		bantin.Contact
		Key    string              `json:"key"`
		Record []bantin.AuditEntry `json:"record,omitempty"`
	}{*c, ContactKey(o.Tokens, c.ID), record}
}

// contactPage is the whole story of one person.
type contactPage struct {
	page
	Name, Address string
	Facts         []fact
	Story         []storyLine // the newest first
}

// storyLine is an entry of a contact's audit log.
type storyLine struct{ At, What, Edition, Href string }

func (o *office) contact(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := o.contactOf(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	record, err := o.Store.Contacts().Audit(r.Context(), c.Email)
	if err != nil {
		return err
	}
	p := &contactPage{page: o.newPage(r, v, "contacts", c.Email), Name: c.Name, Address: c.Email}
	o.contactFacts(p, &c)
	for i := range slices.Backward(record) {
		p.Story = append(p.Story, o.storyLine(&p.page, &record[i], c.Email))
	}
	return o.show(w, r, "contact", p, o.contactJSON(&c, record))
}

func (o *office) contactFacts(p *contactPage, c *bantin.Contact) {
	add := func(vi, en, value string) {
		if value != "" {
			p.Facts = append(p.Facts, fact{p.Say(vi, en), value})
		}
	}
	add("Nơi", "Place", place.Name(c.Place, p.Language))
	add("Cấp", "Level", c.Level.Words().In(p.Language))
	add("Nhãn", "Tags", strings.Join(c.Tags, ", "))
	add("Chỉ đọc tin của", "Reads only", placeNames(c.Reads, p.Language))
	add("Tạm ngừng đến", "Paused until", c.PausedUntil.String())
	for _, s := range c.Subscriptions {
		status := map[bantin.SubscriptionStatus]bantin.Words{
			bantin.SubscriptionPending:      {VI: "chờ xác nhận", EN: "waits for confirmation"},
			bantin.SubscriptionActive:       {VI: "đã đăng ký", EN: "subscribed"},
			bantin.SubscriptionUnsubscribed: {VI: "đã ngừng nhận", EN: "unsubscribed"},
		}[s.Status].In(p.Language)
		add(s.Digest, s.Digest, status+", "+p.When(s.Since, o.Site.Location))
	}
	if c.LeftAll {
		add("Đã ngừng nhận", "Left", p.Say("mọi bản tin", "all digests"))
	}
	if c.Suppressed != "" {
		add("Không gửi thư", "Not mailed", p.reason(bounce.Reason(c.Suppressed)))
	}
}

// storyLine words an entry: what happened, who caused it, what was changed.
func (o *office) storyLine(p *page, e *bantin.AuditEntry, address string) storyLine {
	words := []string{e.What.Words().In(p.Language)}
	add := func(text string) {
		if text != "" {
			words = append(words, text)
		}
	}
	if e.Edition == "" {
		add(e.Digest)
	}
	if e.What != bantin.AuditReturned && e.What != bantin.AuditRefused {
		add(bantin.ByWords(e.By).In(p.Language))
	}
	add(e.Who)
	add(e.File)
	switch {
	case e.What == bantin.AuditMailed:
		status, reply, _ := strings.Cut(e.Note, ": ")
		add(strings.TrimSuffix(bantin.DeliveryStatus(status).Words().In(p.Language)+": "+reply, ": "))
	case bounce.Reason(e.Note).Words().VI != "":
		add(p.reason(bounce.Reason(e.Note)))
	default:
		add(e.Note)
	}
	for _, field := range slices.Sorted(maps.Keys(e.After)) {
		add(fmt.Sprintf("%s: %q → %q", field, e.Before[field], e.After[field]))
	}
	line := storyLine{At: p.When(e.At, o.Site.Location), What: strings.Join(words, ", "), Edition: e.Edition}
	if e.Edition != "" {
		line.Href = "/office/editions/" + url.PathEscape(e.Edition) + "?" + url.Values{"q": {address}}.Encode() + "#deliveries"
	}
	return line
}
