package office

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bantin"
	"bantin/contact"
	"bantin/place"
	"bantin/store"
)

// digestPage is the next edition of a digest: what would go now and to how many, what the
// office adds, a preview, and what a person can do.
type digestPage struct {
	page
	ID, Due     string
	Edition     string // that it is, or will be
	EditionPath string // of a draft; "" for an edition that is not made yet
	Version     int
	NeedsYes    bool // its editions wait as drafts

	Total          string
	Places, Levels []fact

	Form     digestForm
	Preview  mailPreview
	Specials []editionRow
	Tests    string // who gets tests beside oneself; "" for nobody
	Log      []logLine
}

// Draft reports whether the next edition is made and waits for approval.
func (p *digestPage) Draft() bool { return p.EditionPath != "" }

// digest finds a digest that the pages can work with.
func (o *office) digestOf(r *http.Request) (*Digest, error) {
	for i := range o.Digests {
		if d := &o.Digests[i]; d.ID == r.PathValue("id") && d.Composing != nil {
			return d, nil
		}
	}
	return nil, fmt.Errorf("digest %q: %w", r.PathValue("id"), bantin.ErrNotFound)
}

func (o *office) digest(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	return o.showDigest(w, r, v, d, http.StatusOK, nil)
}

// showDigest shows the page of a digest; typed is what somebody wrote who had not seen
// what another composed.
func (o *office) showDigest(w http.ResponseWriter, r *http.Request, v *visit, d *Digest, status int, typed *bantin.Composition) error {
	ctx := r.Context()
	now, err := o.Store.Compositions().Current(ctx, d.ID)
	if err != nil {
		return err
	}
	e, bulletins, err := d.Composing.Next(ctx)
	if err != nil {
		return err
	}
	count, err := o.Store.Digests().AudienceByPlace(ctx, d.ID, d.Audience())
	if err != nil {
		return err
	}
	if wantsJSON(r) && typed == nil {
		return o.show(w, r, "", nil, composedEdition(d.ID, &now, &e, bulletins, count))
	}
	p := &digestPage{page: o.newPage(r, v, "today", d.Title), ID: d.ID, Edition: e.ID, Version: now.Version, NeedsYes: d.Approve}
	if now.Edition != "" {
		p.EditionPath, p.Due = "/office/editions/"+url.PathEscape(now.Edition), p.When(e.Due, o.zone(d.ID))
	} else if d.Next != nil {
		p.Due = p.When(d.Next(ctx), o.zone(d.ID))
	}
	p.audience(&count)
	if p.Form, err = o.digestForm(ctx, p, &now, bulletins, typed); err != nil {
		return err
	}
	if p.Preview, err = o.mailPreview(r, p.Language, d, "", "/office/digests/"+url.PathEscape(d.ID)); err != nil {
		return err
	}
	if err := o.fillSpecials(ctx, p); err != nil {
		return err
	}
	for i, address := range d.Tests {
		if i > 0 {
			p.Tests += ", "
		}
		p.Tests += address
	}
	if status != http.StatusOK && wantsJSON(r) {
		return &refusal{status, changedWords}
	}
	return o.render(w, status, "digest", p)
}

// composedEdition is what the page shows, for programs.
func composedEdition(digest string, now *store.Composed, e *bantin.Edition, bulletins []bantin.Bulletin, count bantin.AudienceCount) bantin.ComposedEdition {
	out := bantin.ComposedEdition{Digest: digest, Edition: e.ID, Status: e.Status, Composition: now.Composition, Always: now.Always, Version: now.Version, Audience: &count}
	for i := range bulletins {
		out.Bulletins = append(out.Bulletins, bulletins[i].ID)
	}
	return out
}

// audience says who would get it, by place and level; those without one last.
func (p *digestPage) audience(n *bantin.AudienceCount) {
	p.Total = p.Count(int64(n.Count))
	name := map[string]string{"": p.Say("không ghi tỉnh", "no place")}
	for slug := range n.Places {
		if slug != "" {
			name[slug] = place.Name(slug, p.Language)
		}
	}
	slugs := slices.SortedFunc(maps.Keys(n.Places), func(a, b string) int {
		if n.Places[a] != n.Places[b] {
			return n.Places[b] - n.Places[a]
		}
		return strings.Compare(name[a], name[b])
	})
	for _, slug := range slugs {
		p.Places = append(p.Places, fact{name[slug], p.Count(int64(n.Places[slug]))})
	}
	for _, l := range append(bantin.Levels(), "") {
		if n.Levels[l] > 0 {
			words := l.Words().In(p.Language)
			if l == "" {
				words = p.Say("không ghi cấp", "no level")
			}
			p.Levels = append(p.Levels, fact{words, p.Count(int64(n.Levels[l]))})
		}
	}
}

// fillSpecials lists the editions of the digest whose time is to come, and special drafts;
// and who changed what.
func (o *office) fillSpecials(ctx context.Context, p *digestPage) error {
	list, err := o.Store.Editions().Awaited(ctx, p.ID)
	if err != nil {
		return err
	}
	for i := range list {
		p.Specials = append(p.Specials, o.editionRow(&p.page, &list[i]))
	}
	log, err := o.Store.Actions().Of(ctx, p.ID)
	for _, a := range slices.Backward(log[max(0, len(log)-maxLogLines):]) {
		line := logLine{p.When(a.Time, o.zone(p.ID)), a.Who, digestActionWords(a.What).In(p.Language)}
		if a.Note != "" {
			line.What += " (" + a.Note + ")"
		}
		p.Log = append(p.Log, line)
	}
	return err
}

// maxLogLines is how many of the last changes the page of a digest shows.
const maxLogLines = 20

// digestActionWords says what was done to a digest.
func digestActionWords(what bantin.ActionKind) bantin.Words {
	return map[bantin.ActionKind]bantin.Words{
		bantin.ActionCompose:  {VI: "soạn kỳ tới", EN: "composed the next edition"},
		bantin.ActionSpecial:  {VI: "hẹn một kỳ đặc biệt", EN: "planned a special edition"},
		bantin.ActionTestMail: {VI: "gửi thử", EN: "sent a test"},
		bantin.ActionSend:     {VI: "gửi ngay", EN: "sent it now"},
	}[what]
}

// mailPreview is the mail as somebody would get it now.
type mailPreview struct {
	bantin.Language
	Path          string // of the page that shows it
	Contact, View string
	Frame         string
	Message       messageParts
	NotFound      bool // nobody has the address
}

// Subject and Text are for the template.
func (p *mailPreview) Subject() string { return p.Message.subject }
func (p *mailPreview) Text() string    { return p.Message.text }

// Views are the ways to look at it.
func (p *mailPreview) Views() []option {
	link := func(view string) string {
		return p.Path + "?" + url.Values{"contact": {p.Contact}, "view": {view}}.Encode() + "#preview"
	}
	return []option{{link("wide"), p.Say("Màn hình rộng", "Wide"), p.View == "wide"},
		{link("phone"), p.Say("Điện thoại", "Phone"), p.View == "phone"},
		{link("text"), p.Say("Chữ thường", "Plain text"), p.View == "text"}}
}

// mailPreview is that of the next edition of a digest, or of an edition that waits, as the
// request asks for it. path is that of the page.
func (o *office) mailPreview(r *http.Request, l bantin.Language, d *Digest, edition, path string) (p mailPreview, err error) {
	p = mailPreview{Language: l, Path: path, Contact: r.URL.Query().Get("contact"), View: r.URL.Query().Get("view")}
	if p.View != "phone" && p.View != "text" {
		p.View = "wide"
	}
	p.Frame = path + "/preview?" + url.Values{"contact": {p.Contact}}.Encode()
	p.Message, err = previewMessage(r.Context(), d, edition, p.Contact)
	if errors.Is(err, bantin.ErrNotFound) {
		p.NotFound, err = true, nil
	}
	return p, err
}

// previewMessage reads the message that a contact would get; "" for nobody in particular.
func previewMessage(ctx context.Context, d *Digest, edition, recipient string) (messageParts, error) {
	data, err := d.Composing.Message(ctx, edition, contact.AsStored(recipient))
	if err != nil {
		return messageParts{}, err
	}
	return readParts(data)
}

// digestPreviewHTML serves the HTML of the preview for a frame.
func (o *office) digestPreviewHTML(w http.ResponseWriter, r *http.Request, _ *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	return o.previewHTML(w, r, d, "")
}

func (o *office) previewHTML(w http.ResponseWriter, r *http.Request, d *Digest, edition string) error {
	parts, err := previewMessage(r.Context(), d, edition, r.URL.Query().Get("contact"))
	if err != nil {
		return err
	}
	o.writeFrame(w, parts.html)
	return nil
}
