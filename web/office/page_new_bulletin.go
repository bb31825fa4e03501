package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
)

// NewBulletin is a file that becomes a bulletin. It stands alone in its folder.
type NewBulletin struct {
	File    string
	Hold    bool // until a person releases it
	Preview bool // read it, and store nothing
}

// UnreadableError says why a file makes no bulletin, or may not be linked to.
type UnreadableError struct{ Words bantin.Words }

func (e *UnreadableError) Error() string { return e.Words.EN }

// newBulletinPage is the form of a new bulletin: a file, or a plain editor, with what it
// would look like.
type newBulletinPage struct {
	page
	Heading, Day, Places, Text string // as they were typed
	Problem                    string
	Seen                       *seenBulletin // nil before a preview
}

// seenBulletin is what was understood of a text that was typed.
type seenBulletin struct {
	Title, Day, Places string
	Lead               string
	Warnings           []string
	Body               template.HTML // sanitised when it was read
}

func (o *office) newBulletin(w http.ResponseWriter, r *http.Request, v *visit) error {
	return o.render(w, http.StatusOK, "new_bulletin", o.newBulletinForm(r, v))
}

func (o *office) newBulletinForm(r *http.Request, v *visit) *newBulletinPage {
	p := &newBulletinPage{page: o.newPage(r, v, "bulletins", "")}
	p.Title = p.Say("Tin mới", "A new bulletin")
	p.Switch = "/office/bulletins/add?lang=" + string(p.Other())
	return p
}

// addBulletin serves POST /office/bulletins/add: a file, or title, places, date and text of
// what was typed; with preview it is shown and nothing is stored.
func (o *office) addBulletin(w http.ResponseWriter, r *http.Request, v *visit) error {
	dir, file, fields, err := o.receive(r)
	defer os.RemoveAll(dir)
	if err != nil {
		return err
	}
	r.PostForm = fields
	p := o.newBulletinForm(r, v)
	p.Heading, p.Day, p.Places, p.Text = oneLine(fields.Get("title")), fields.Get("date"), fields.Get("places"), fields.Get("text")
	if file == "" {
		if file, err = p.write(dir, fields.Get("form")); err != nil {
			return o.retype(w, r, p, err)
		}
	}
	preview := fields.Get("preview") != ""
	if preview {
		b, err := o.AddBulletin(r.Context(), NewBulletin{File: file, Preview: true})
		if err != nil {
			return o.retype(w, r, p, err)
		}
		o.preview(p, &b)
		return o.show(w, r, "new_bulletin", p, o.inSiteLanguage(&b))
	}
	var b bantin.Bulletin
	err = o.act(r, v, bantin.Action{What: bantin.ActionAdd, Object: filepath.Base(file)}, func(ctx context.Context) error {
		b, err = o.AddBulletin(ctx, NewBulletin{File: file, Hold: fields.Get("hold") != ""})
		return err
	})
	if err != nil {
		return o.retype(w, r, p, err)
	}
	if b.ID == "" { // the form was done before
		return o.done(w, r, "/office/bulletins", bantin.ActionAdd)
	}
	return o.done(w, r, "/office/bulletins/"+url.PathEscape(b.ID), bantin.ActionAdd, o.inSiteLanguage(&b))
}

// retype shows the form again with what was typed, where it cannot be read.
func (o *office) retype(w http.ResponseWriter, r *http.Request, p *newBulletinPage, err error) error {
	var words bantin.Words
	if unreadable := (*UnreadableError)(nil); errors.As(err, &unreadable) {
		words = unreadable.Words
	} else if refused := (*refusal)(nil); errors.As(err, &refused) {
		words = refused.words
	} else {
		return err
	}
	if p.Heading == "" && p.Text == "" || wantsJSON(r) {
		return &refusal{http.StatusUnprocessableEntity, words}
	}
	p.Problem = words.In(p.Language)
	return o.render(w, http.StatusUnprocessableEntity, "new_bulletin", p)
}

// write makes a Markdown file of what was typed. Its name has the key of the form, so that
// a second click is no second bulletin.
func (p *newBulletinPage) write(dir, form string) (file string, err error) {
	switch {
	case p.Heading == "" || strings.TrimSpace(p.Text) == "":
		return "", &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Một tin cần tiêu đề và nội dung.", EN: "A bulletin needs a title and a text."}}
	case p.Day != "":
		if _, err := bantin.ParseDay(p.Day); err != nil {
			return "", &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy viết ngày như 2026-11-23.", EN: "Write the date as 2026-11-23."}}
		}
	}
	slugs, err := placeSlugs(p.Places)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("---\ntitle: " + strconv.QuoteToASCII(p.Heading) + "\n")
	if p.Day != "" {
		b.WriteString("date: " + p.Day + "\n")
	}
	if len(slugs) > 0 {
		b.WriteString("places: [" + strings.Join(slugs, ", ") + "]\n")
	}
	b.WriteString("---\n\n" + strings.ReplaceAll(p.Text, "\r\n", "\n") + "\n")
	name := strings.Join(strings.FieldsFunc(place.Fold(p.Heading), isNoWord), "-")
	sum := sha256.Sum256([]byte(form + "\x00" + p.Heading))
	file = filepath.Join(dir, "tin-"+name[:min(len(name), 60)]+"-"+hex.EncodeToString(sum[:4])+".md")
	return file, os.WriteFile(file, []byte(b.String()), 0o600)
}

// preview fills in what was understood.
func (o *office) preview(p *newBulletinPage, b *bantin.Bulletin) {
	p.Seen = &seenBulletin{Title: b.Title, Lead: b.Lead, Day: o.shownDay(b), Places: place.Names(b.Places, p.Language)}
	for _, warning := range b.Warnings {
		p.Seen.Warnings = append(p.Seen.Warnings, warning.In(p.Language))
	}
	var body strings.Builder
	feed.Body(&body, b)
	p.Seen.Body = template.HTML(strings.NewReplacer("<h1", "<h2", "</h1", "</h2", "<pre", `<pre tabindex="0"`).Replace(body.String()))
}
