package office

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

// bulletinsPage lists bulletins: news, held ones, withdrawn ones, or those with some words.
type bulletinsPage struct {
	page
	Show      string // news, held, withdrawn
	Shows     []option
	Query     string
	Bulletins []bulletinRow
	Older     string // "" at the end
}

// bulletinRow is a bulletin in a list.
type bulletinRow struct {
	Title, Href, Day, Places string
	Why                      string // it is held; "" for others
}

const (
	bulletinsPerPage = 30
	maxHeld          = 50 // others show when some of these are decided
)

func (o *office) bulletins(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	p := &bulletinsPage{page: o.newPage(r, v, "bulletins", ""), Show: q.Get("show"), Query: strings.TrimSpace(q.Get("q"))}
	p.Title = p.Say("Tin", "Bulletins")
	if p.Show != "held" && p.Show != "withdrawn" {
		p.Show = "news"
	}
	for _, s := range []option{{"news", p.Say("Tin mới", "News"), false}, {"held", p.Say("Chờ duyệt", "Held"), false}, {"withdrawn", p.Say("Đã rút", "Withdrawn"), false}} {
		s.IsChosen = s.Value == p.Show && p.Query == ""
		s.Value = "/office/bulletins?show=" + s.Value
		p.Shows = append(p.Shows, s)
	}
	before, err := rowParameter(r, "before")
	if err != nil {
		return err
	}
	list, err := o.listBulletins(r.Context(), p, before)
	if err != nil {
		return err
	}
	values := make([]any, 0, len(list))
	for i := range list {
		p.Bulletins = append(p.Bulletins, o.bulletinRow(&p.page, &list[i]))
		values = append(values, o.inSiteLanguage(&list[i]))
	}
	return o.show(w, r, "bulletins", p, values...)
}

func (o *office) listBulletins(ctx context.Context, p *bulletinsPage, before int64) (list []bantin.Bulletin, err error) {
	bulletins := o.Store.Bulletins()
	switch {
	case p.Query != "":
		found, err := bulletins.Search(ctx, store.SearchQuery{Words: strings.FieldsFunc(place.Fold(p.Query), isNoWord), Limit: bulletinsPerPage})
		for i := range found {
			list = append(list, found[i].Bulletin)
		}
		return list, err
	case p.Show == "held":
		return bulletins.Held(ctx, maxHeld)
	case p.Show == "withdrawn":
		return bulletins.Withdrawn(ctx, bulletinsPerPage)
	}
	list, err = bulletins.List(ctx, store.Filter{Before: before, Limit: bulletinsPerPage + 1})
	if len(list) > bulletinsPerPage {
		list = list[:bulletinsPerPage]
		p.Older = "/office/bulletins?before=" + strconv.FormatInt(list[len(list)-1].Seq, 10)
	}
	return list, err
}

// isNoWord reports whether a folded letter stands between words.
func isNoWord(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }

func (o *office) bulletinRow(p *page, b *bantin.Bulletin) bulletinRow {
	return bulletinRow{Title: b.Title, Href: "/office/bulletins/" + url.PathEscape(b.ID), Day: o.shownDay(b), Places: place.Names(b.Places, p.Language), Why: b.Held.In(p.Language)}
}

// shownDay is a bulletin's day as people read it.
func (o *office) shownDay(b *bantin.Bulletin) string {
	if b.Published.IsZero() {
		return ""
	}
	return templates.ShortDate(b.Published.In(o.Site.Location))
}

// day is a bulletin's day on the site's calendar, as forms have it.
func (o *office) day(b *bantin.Bulletin) string {
	if b.Published.IsZero() {
		return ""
	}
	return bantin.DayOf(b.Published.In(o.Site.Location)).String()
}

// inSiteLanguage gives the bulletin with its notes in the site's language alone, as
// `bulletins list --json` prints it.
func (o *office) inSiteLanguage(b *bantin.Bulletin) *bantin.Bulletin {
	out := *b
	out.Held, out.Warnings = bantin.Note(b.Held.In(o.Site.Language)), nil
	for _, warning := range b.Warnings {
		out.Warnings = append(out.Warnings, bantin.Note(warning.In(o.Site.Language)))
	}
	return &out
}

// bulletinPage is one bulletin: how it stands, what was understood, what it says, and what
// a person can decide.
type bulletinPage struct {
	page
	ID, State, Why string
	Public         string // its page for readers; "" where they see none
	Facts          []fact
	Warnings       []string
	Marked         []span // the title
	Lead           []span
	Paragraphs     [][]span
	Places, Date   string // as the form of a correction has them
	Day            string // as people read it
	Topics         string
	HasTopics      bool // the configuration has some

	CanHold, CanRelease, CanWithdraw, CanRenew bool
	Log                                        []logLine
}

// fact is something that was understood of a bulletin.
type fact struct{ Name, Value string }

func (o *office) bulletin(w http.ResponseWriter, r *http.Request, v *visit) error {
	b, err := o.Store.Bulletins().Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return o.mergedAway(w, r, err)
	}
	if wantsJSON(r) {
		return o.show(w, r, "", nil, o.inSiteLanguage(&b))
	}
	p := &bulletinPage{page: o.newPage(r, v, "bulletins", b.Title), ID: b.ID, Why: b.Held.In(v.lang), Places: place.Names(b.Places, v.lang), Date: o.day(&b), Day: o.shownDay(&b)}
	var marks []Mark
	if o.Understood != nil {
		marks = o.Understood(&b)
	}
	p.Marked, p.Lead = o.spans(&p.page, InTitle, b.Title, marks), o.spans(&p.page, InLead, b.Lead, marks)
	p.Paragraphs = paragraphs(o.spans(&p.page, InText, b.Text, marks))
	for _, warning := range b.Warnings {
		p.Warnings = append(p.Warnings, warning.In(p.Language))
	}
	p.stand(&b)
	if p.CanHold {
		p.Public = o.Site.Link("/bulletins/" + b.ID)
	}
	p.Topics = o.Atlas.TopicNames(b.Topics)
	p.HasTopics = len(o.Atlas.Topics()) > 0
	p.understood(&b)
	log, err := o.Store.Actions().Of(r.Context(), b.ID)
	for _, a := range log {
		line := logLine{p.When(a.Time, o.Site.Location), a.Who, bulletinActionWords(a.What).In(p.Language)}
		if a.Note != "" {
			line.What += " (" + a.Note + ")"
		}
		p.Log = append(p.Log, line)
	}
	if err != nil {
		return err
	}
	return o.render(w, http.StatusOK, "bulletin", p)
}

// mergedAway leads to what a bulletin lives on in.
func (o *office) mergedAway(w http.ResponseWriter, r *http.Request, err error) error {
	if merged := asMerged(err); merged != "" {
		http.Redirect(w, r, "/office/bulletins/"+url.PathEscape(merged), http.StatusSeeOther)
		return nil
	}
	return err
}

// stand says how a bulletin stands, and what can be decided.
func (p *bulletinPage) stand(b *bantin.Bulletin) {
	switch {
	case b.Withdrawn:
		p.State, p.CanRelease = p.Say("Đã rút: bạn đọc không thấy tin này", "Withdrawn: readers do not see it"), true
	case b.Held != "":
		p.State, p.CanRelease, p.CanWithdraw = p.Say("Chờ người duyệt: bạn đọc chưa thấy tin này", "Held: readers do not see it yet"), true, true
	default:
		p.State, p.CanHold, p.CanWithdraw, p.CanRenew = p.Say("Bạn đọc thấy tin này", "Readers see it"), true, true, true
	}
}

// understood lists what was found in a bulletin.
func (p *bulletinPage) understood(b *bantin.Bulletin) {
	add := func(vi, en, value string) {
		if value != "" {
			p.Facts = append(p.Facts, fact{p.Say(vi, en), value})
		}
	}
	add("Ngày đăng", "Published", p.Day)
	add("Nơi", "Places", p.Places)
	add("Cụm", "Clusters", strings.Join(b.Clusters, ", "))
	add("Chủ đề", "Topics", p.Topics)
	if b.Urgent {
		add("Khẩn", "Urgent", p.Say("có", "yes"))
	}
	if e := b.Event; e != nil {
		add("Việc diễn ra", "Event", eventLine(e))
	}
	var refs []string
	for _, ref := range b.LegalRefs {
		refs = append(refs, strings.TrimSpace(ref.Kind+" "+ref.Ref))
	}
	add("Văn bản", "Documents cited", strings.Join(refs, "; "))
	add("Tác giả", "Author", b.Author)
	add("Nguồn", "Source", strings.TrimSpace(b.Source+" "+b.SourceID))
	add("Địa chỉ gốc", "First published at", b.URL)
	add("Lần sửa", "Revision", strconv.Itoa(b.Revision))
}

// eventLine is when an event takes place, where, and by whom, as far as that is known.
func eventLine(e *bantin.Event) string {
	when := e.Time
	if !e.Date.IsZero() {
		when += " " + templates.ShortDate(e.Date.In(time.UTC))
	}
	known := slices.DeleteFunc([]string{strings.TrimSpace(when), e.Place, e.Host}, func(part string) bool { return part == "" })
	return strings.Join(known, ", ")
}

// bulletinActionWords says what was decided about a bulletin.
func bulletinActionWords(what bantin.ActionKind) bantin.Words {
	return map[bantin.ActionKind]bantin.Words{
		bantin.ActionHold:     {VI: "giữ lại", EN: "held it"},
		bantin.ActionRelease:  {VI: "cho đăng", EN: "released it"},
		bantin.ActionWithdraw: {VI: "rút", EN: "withdrew it"},
		bantin.ActionCorrect:  {VI: "sửa", EN: "corrected it"},
		bantin.ActionMerge:    {VI: "nhập làm một", EN: "merged it"},
		bantin.ActionRenew:    {VI: "cho là tin mới", EN: "made it news again"},
	}[what]
}
