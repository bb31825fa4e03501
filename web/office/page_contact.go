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
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

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

// ContactStory is a contact as `contacts show --json` prints it.
type ContactStory struct {
	bantin.Contact
	Key     string              `json:"key"`
	Refused []UndecidedJSON     `json:"refused,omitempty"`
	Record  []bantin.AuditEntry `json:"record,omitempty"`
}

// UndecidedJSON is a refusal of a contact that may still end in a suppression.
type UndecidedJSON struct {
	At      time.Time `json:"at"`
	Edition string    `json:"edition,omitempty"`
	Address string    `json:"email"`
	Reason  string    `json:"reason"`
	Status  string    `json:"status"` // pending, or first: a second one suppresses
	Held    bool      `json:"held,omitempty"`
	Decides time.Time `json:"decides,omitzero"` // pending: when; first: from when on a second one counts
}

// StoryOf loads all that is known of a contact.
func StoryOf(ctx context.Context, db *store.DB, tokens *mailer.Tokens, c *bantin.Contact) (s ContactStory, undecided []store.UndecidedReturn, err error) {
	s = ContactStory{Contact: *c, Key: ContactKey(tokens, c.ID)}
	if s.Record, err = db.Contacts().Audit(ctx, c.Email); err != nil {
		return s, nil, err
	}
	undecided, err = db.Returns().Undecided(ctx, c.Key)
	for _, u := range undecided {
		s.Refused = append(s.Refused, UndecidedJSON{u.At, u.EditionID, u.Address, u.Reason, u.Done, u.Held, u.Decides})
	}
	return s, undecided, err
}

// contactPage is the whole story of one person, and what can be done about them.
type contactPage struct {
	page
	Key, Name, Address string
	Tags               string
	Facts              []fact
	Refused            []string    // what is not decided yet
	Story              []storyLine // the newest first
	Older              string      // the rest of the story; "" at the end
	Places             []option
	Levels             []option
	Languages          []option
}

// storyLine is an entry of a contact's audit log.
type storyLine struct{ At, What, Edition, Href string }

// storyLines are how many entries a page shows: who gets a digest a week has fifty a year.
const storyLines = 100

func (o *office) contact(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := o.contactOf(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	story, undecided, err := StoryOf(r.Context(), o.Store, o.Tokens, &c)
	if err != nil {
		return err
	}
	p := &contactPage{page: o.newPage(r, v, "contacts", c.Email), Key: story.Key, Name: c.Name, Address: c.Email, Tags: strings.Join(c.Tags, ", ")}
	o.contactFacts(p, &c)
	p.contactChoices(&c)
	for i := range undecided {
		p.Refused = append(p.Refused, o.undecidedWords(p, &undecided[i]))
	}
	skip, err := rowParameter(r, "skip")
	if err != nil {
		return err
	}
	record := story.Record[:max(0, len(story.Record)-int(min(skip, int64(len(story.Record)))))]
	for i := range slices.Backward(record) {
		if len(p.Story) == storyLines {
			p.Older = fmt.Sprintf("/office/contacts/%s?skip=%d", p.Key, skip+storyLines)
			break
		}
		p.Story = append(p.Story, o.storyLine(&p.page, &record[i], c.Email))
	}
	return o.show(w, r, "contact", p, story)
}

// undecidedWords says what is still to be decided of a refusal.
func (o *office) undecidedWords(p *contactPage, u *store.UndecidedReturn) string {
	words := fmt.Sprintf(p.Say("Thư bị từ chối lúc %s: %s.", "A message was refused at %s: %s."), p.When(u.At, o.Site.Location), p.reason(bounce.Reason(u.Reason)))
	switch {
	case u.Done == store.DoneFirst:
		return words + p.Say(" Nếu một kỳ sau cũng bị từ chối thì địa chỉ bị chặn.", " If a later edition is refused as well, the address is suppressed.")
	case u.Held:
		return words + p.Say(" Kỳ ấy đang bị giữ lại, nên chưa quyết định gì.", " Its edition is held, so nothing is decided.")
	case u.Decides.IsZero():
		return words + p.Say(" Sẽ quyết định khi kỳ ấy gửi xong.", " It is decided when the edition has settled.")
	}
	return words + p.Say(" Sẽ quyết định lúc ", " It is decided at ") + p.When(u.Decides, o.Site.Location) + "."
}

// contactChoices are those of the form of a correction.
func (p *contactPage) contactChoices(c *bantin.Contact) {
	p.Places = placeOptions(p.Language, c.Place, p.Say("(không ghi)", "(none)"))
	p.Levels, p.Languages = levelOptions(p.Language, c.Level), languageOptions(p.Language, c.Language)
}

func (o *office) contactFacts(p *contactPage, c *bantin.Contact) {
	add := func(vi, en, value string) {
		if value != "" {
			p.Facts = append(p.Facts, fact{p.Say(vi, en), value})
		}
	}
	add("Biết từ", "Origin", c.Origin.Words().In(p.Language))
	add("Ngôn ngữ", "Language", c.Language.Words().In(p.Language))
	add("Nơi", "Place", place.Name(c.Place, p.Language))
	add("Cấp", "Level", c.Level.Words().In(p.Language))
	add("Nhãn", "Tags", strings.Join(c.Tags, ", "))
	add("Chỉ đọc tin của", "Reads only", place.Names(c.Reads, p.Language))
	add("Chỉ đọc tin về", "Reads only about", strings.Join(c.Topics, ", "))
	if !c.PausedUntil.IsZero() {
		add("Tạm ngừng đến", "Paused until", templates.ShortDate(c.PausedUntil.In(o.Site.Location)))
	}
	for _, s := range c.Subscriptions {
		add(s.Digest, s.Digest, s.Status.Words().In(p.Language)+", "+p.When(s.Since, o.Site.Location))
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
