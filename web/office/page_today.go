package office

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// todayPage is /office: what needs a person, what is due next, the last editions, growth.
type todayPage struct {
	page
	Date     string
	Headline string // the finding
	Needs    []need
	Due      []dueDigest
	Editions []editionRow
	Growth   store.Growth
}

// need is something that needs a person, with its next step.
type need struct {
	What, Why  string
	Href, Step string // "" for none
}

// dueDigest is a digest with its next due time.
type dueDigest struct {
	Title, Href, At, In string
	due                 time.Time
}

const (
	shownEditions = 5
	shownHeld     = 5
	growthDays    = 30
)

func (o *office) today(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	p := &todayPage{page: o.newPage(r, v, "today", "")}
	p.Title, p.Date = p.Say("Hôm nay", "Today"), mailer.FormatTime(p.Language, o.Now().In(o.Site.Location))
	editions, err := o.Store.Editions().List(ctx, "", shownEditions)
	if err != nil {
		return err
	}
	o.explain(editions, p.Language)
	for i := range editions {
		p.Editions = append(p.Editions, o.editionRow(&p.page, &editions[i]))
	}
	awaited, err := o.Store.Editions().Awaited(ctx, "")
	if err != nil {
		return err
	}
	if p.Needs, err = o.needs(ctx, &p.page, awaited); err != nil {
		return err
	}
	p.Due = o.due(ctx, &p.page, awaited)
	if p.Growth, err = o.Store.Figures().Growth(ctx, o.Now().AddDate(0, 0, -growthDays)); err != nil {
		return err
	}
	p.Headline = p.headline(editions)
	if !wantsJSON(r) {
		return o.render(w, http.StatusOK, "today", p)
	}
	printed := printedToday{Needs: len(p.Needs), Editions: editions, Schedules: o.dueTimes(o.Now(), calendarMonths)}
	if printed.Audit, err = o.Store.Actions().Last(ctx, o.Now().AddDate(0, 0, -auditDays), maxActions); err != nil {
		return err
	}
	return o.show(w, r, "", nil, printed)
}

// printedToday is the page for programs: what `editions list`, `audit` and `check` print.
type printedToday struct {
	Needs     int              `json:"needs"`
	Editions  []bantin.Edition `json:"editions,omitempty"`
	Audit     []bantin.Action  `json:"audit,omitempty"`
	Schedules []dueTimes       `json:"schedules,omitempty"`
}

// Of the audit log programs get the last entries of a week.
const (
	auditDays  = 7
	maxActions = 100
)

// headline says in a line whether all is well, and how the last edition went.
func (p *todayPage) headline(editions []bantin.Edition) string {
	if n := len(p.Needs); n > 0 {
		return p.plural(n, "%d việc cần bạn", "%d thing needs you", "%d things need you")
	}
	for i := range editions {
		if status := editions[i].Status; status != bantin.EditionScheduled { // its time is to come
			return fmt.Sprintf(p.Say("Không có việc gì cần bạn; %s %s", "Nothing needs you; %s is %s"), p.Editions[i].Title, statusWords(status).In(p.Language))
		}
	}
	return p.Say("Không có việc gì cần bạn; chưa có kỳ nào được gửi", "Nothing needs you; no edition was sent yet")
}

// needs gives what needs a person: drafts first, then editions that are held or paused,
// requests of people whose time runs out, other troubles, sources with items that were not read, and bulletins that wait for a word.
func (o *office) needs(ctx context.Context, p *page, awaited []bantin.Edition) ([]need, error) {
	var list []need
	open, err := o.Store.Editions().Unfinished(ctx)
	if err != nil {
		return nil, err
	}
	requests, err := o.requestNeeds(ctx, p)
	if err != nil {
		return nil, err
	}
	for i := range awaited {
		if e := &awaited[i]; e.Status == bantin.EditionDraft {
			row := o.editionRow(p, e)
			href := "/office/digests/" + e.Digest
			if e.IsSpecial {
				href = row.Href
			}
			list = append(list, need{fmt.Sprintf(p.Say("%s chờ duyệt", "%s waits for approval"), row.Title), row.At + ".", href, p.Say("Xem trước và duyệt", "Preview and approve")})
		}
	}
	o.explain(open, p.Language)
	for i := range open {
		e, row := &open[i], o.editionRow(p, &open[i])
		switch {
		case e.Held != nil || e.Waiting != nil && e.Waiting.Hold != nil:
			list = append(list, need{fmt.Sprintf(p.Say("%s bị giữ lại", "%s is held"), row.Title), row.Why, row.Href, p.Say("Xem và quyết định", "Look and decide")})
		case e.Status == bantin.EditionPaused:
			why := fmt.Sprintf(p.Say("Còn %s chưa gửi.", "%s left."), p.messages(e.Counts.Unsettled()))
			list = append(list, need{fmt.Sprintf(p.Say("%s đang tạm dừng", "%s is paused"), row.Title), why, row.Href, p.Say("Xem và cho gửi tiếp", "Look and let it go on")})
		}
	}
	list = append(list, requests...)
	troubles, err := o.Store.Troubles().Open(ctx)
	if err != nil {
		return nil, err
	}
	for i := range troubles {
		if t := &troubles[i]; t.Kind != bantin.TroubleEditionHeld {
			n := need{What: t.Subject.In(p.Language), Why: t.What.In(p.Language)}
			if hint := t.Hint.In(p.Language); hint != "" {
				n.Why += " " + hint
			}
			n.Href, n.Step = troublePage(p, t)
			list = append(list, n)
		}
	}
	unread, err := o.unreadNeeds(ctx, p)
	if err != nil {
		return nil, err
	}
	list = append(list, unread...)
	held, err := o.Store.Bulletins().Held(ctx, shownHeld)
	if err != nil {
		return nil, err
	}
	for i := range held {
		list = append(list, need{fmt.Sprintf(p.Say("Tin chờ duyệt: %s", "A bulletin waits: %s"), held[i].Title), held[i].Held.In(p.Language), "/office/bulletins/" + url.PathEscape(held[i].ID), p.Say("Xem và quyết định", "Look and decide")})
	}
	return list, nil
}

// troublePage is the page on which a trouble is looked into; "" where its hint is all.
func troublePage(p *page, t *bantin.Trouble) (href, step string) {
	switch t.Kind {
	case bantin.TroubleSource:
		return "/office/sources", p.Say("Xem nguồn", "Look at the sources")
	case bantin.TroubleReturns:
		return "/office/returns", p.Say("Xem thư trả lại", "Look at returns")
	case bantin.TroubleConfig:
		return "/office/settings", p.Say("Xem cài đặt", "Look at the settings")
	case bantin.TroubleEditionLate:
		if t.Digest != "" && strings.HasPrefix(t.Object, t.Digest+"-") {
			return "/office/editions/" + url.PathEscape(t.Object), p.Say("Xem kỳ này", "Look at the edition")
		}
	}
	return "", ""
}

// due gives the digests and the special editions that are planned, the next due first;
// those without due times last.
func (o *office) due(ctx context.Context, p *page, awaited []bantin.Edition) []dueDigest {
	var list []dueDigest
	for i := range awaited {
		if e := &awaited[i]; e.Status == bantin.EditionScheduled {
			row := o.editionRow(p, e)
			list = append(list, dueDigest{Title: row.Title + p.Say(" (kỳ đặc biệt)", " (special edition)"), Href: row.Href, At: row.At, In: p.Until(o.Now(), e.Due), due: e.Due})
		}
	}
	for _, d := range o.Digests {
		if d.Next == nil && d.Composing == nil {
			continue
		}
		row := dueDigest{Title: d.Title}
		if d.Composing != nil {
			row.Href = "/office/digests/" + d.ID
		}
		if d.Next != nil {
			row.due = d.Next(ctx)
		}
		switch {
		case d.OnNews:
			row.At = p.Say("khi có tin mới", "when there is news")
		case d.Next == nil:
			row.At = p.Say("gửi bằng tay, không theo lịch", "sent by hand, without a schedule")
		case row.due.IsZero():
			row.At = p.Say("không còn lần nào trong lịch", "never again by its schedule")
		default:
			row.At, row.In = mailer.FormatTime(p.Language, row.due.In(o.zone(d.ID))), p.Until(o.Now(), row.due)
		}
		list = append(list, row)
	}
	slices.SortStableFunc(list, func(a, b dueDigest) int {
		if a.due.IsZero() != b.due.IsZero() {
			return cmp.Compare(b.due.Unix(), a.due.Unix())
		}
		return a.due.Compare(b.due)
	})
	return list
}

// explain says in words why editions are held or wait.
func (o *office) explain(list []bantin.Edition, l bantin.Language) {
	for i := range list {
		e := &list[i]
		if e.Held != nil {
			e.Held.What = mailer.HoldWords(e.Held).In(l)
		}
		if e.Waiting != nil {
			e.Waiting.What = mailer.WaitWords(e.Waiting, o.zone(e.Digest)).In(l)
		}
	}
}
