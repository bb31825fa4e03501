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
	"bantin/mailer/bounce"
	"bantin/place"
	"bantin/store"
)

// contactsPage lists contacts by address.
type contactsPage struct {
	page
	Total    string
	Query    string // the beginning of an address
	Places   []option
	Statuses []option
	Contacts []contactRow
	More     string // "" at the end
}

// contactRow is a contact in the list.
type contactRow struct{ Address, Name, Place, Level, Note, Href string }

const contactsPerPage = 50

func (o *office) contacts(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	p := &contactsPage{page: o.newPage(r, v, "contacts", ""), Query: strings.TrimSpace(q.Get("q"))}
	p.Title = p.Say("Người nhận", "Contacts")
	f := store.ContactFilter{Prefix: p.Query, Only: store.ContactListing(q.Get("status")), After: q.Get("after"), Today: bantin.DayOf(o.Now().In(o.Site.Location))}
	if name := q.Get("place"); name != "" {
		var ok bool
		if f.Place, ok = place.Lookup(name); !ok {
			return fmt.Errorf("place %q: %w", name, bantin.ErrNotFound)
		}
	}
	if f.Only != "" && f.Only != store.ListSuppressed && f.Only != store.ListPaused {
		return fmt.Errorf("status %q: %w", f.Only, bantin.ErrNotFound)
	}
	p.choices(&f)
	list, err := o.Store.Contacts().List(r.Context(), f, contactsPerPage+1)
	if err != nil {
		return err
	}
	if len(list) > contactsPerPage {
		list = list[:contactsPerPage]
		q.Set("after", bantin.AddressKey(list[len(list)-1].Email))
		q.Del("lang")
		p.More = "/office/contacts?" + q.Encode()
	}
	values := make([]any, 0, len(list))
	for i := range list {
		p.Contacts = append(p.Contacts, o.contactRow(&p.page, &list[i]))
		values = append(values, o.contactJSON(&list[i], nil))
	}
	growth, err := o.Store.Figures().Growth(r.Context(), o.Now())
	if err != nil {
		return err
	}
	p.Total = p.Count(growth.Contacts)
	return o.show(w, r, "contacts", p, values...)
}

// choices are those of the filter.
func (p *contactsPage) choices(f *store.ContactFilter) {
	p.Places = []option{{"", p.Say("mọi nơi", "all places"), f.Place == ""}}
	for _, unit := range place.All() {
		p.Places = append(p.Places, option{unit.Slug, place.Name(unit.Slug, p.Language), unit.Slug == f.Place})
	}
	p.Statuses = []option{
		{"", p.Say("tất cả", "all"), f.Only == ""},
		{string(store.ListSuppressed), p.Say("bị chặn gửi", "suppressed"), f.Only == store.ListSuppressed},
		{string(store.ListPaused), p.Say("tạm ngừng", "paused"), f.Only == store.ListPaused},
	}
}

func (o *office) contactRow(p *page, c *bantin.Contact) contactRow {
	row := contactRow{Address: c.Email, Name: c.Name, Place: place.Name(c.Place, p.Language), Level: c.Level.Words().In(p.Language), Href: "/office/contacts/" + o.contactKey(c.ID)}
	switch {
	case c.Suppressed != "":
		row.Note = p.Say("không gửi thư: ", "not mailed: ") + p.reason(bounce.Reason(c.Suppressed))
	case c.PausedUntil != bantin.Day{}:
		row.Note = p.Say("tạm ngừng đến ", "paused until ") + c.PausedUntil.String()
	}
	return row
}

// contactKey names a contact on these pages: no other link of theirs can be made of it, and
// nobody guesses one.
func (o *office) contactKey(id int64) string {
	n := strconv.FormatInt(id, 10)
	return n + "-" + o.Tokens.RateLimitKey("office contact", n)[:16]
}

// contactOf finds the contact that a key names; bantin.ErrNotFound.
func (o *office) contactOf(ctx context.Context, key string) (c bantin.Contact, err error) {
	n, _, _ := strings.Cut(key, "-")
	id, err := strconv.ParseInt(n, 10, 64)
	if err != nil || subtle.ConstantTimeCompare([]byte(key), []byte(o.contactKey(id))) != 1 {
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
	}{*c, o.contactKey(c.ID), record}
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
