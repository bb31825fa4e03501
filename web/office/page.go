package office

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/templates"
	"bantin/web"
)

// page is the data common to all templates; the struct of each page embeds it.
type page struct {
	bantin.Language // of this page; brings Say

	Site   *bantin.Site
	Title  string
	Nav    string // the current entry of the navigation
	Who    string // is signed in; "" for nobody
	Bare   bool   // without navigation
	Switch string // this page in the other language; "" for none
	Done   string // what an action did, in words; "" for none
	Script bool   // the page renews itself

	assets map[string]*feed.Document
}

// newPage fills the common data from the request.
func (o *office) newPage(r *http.Request, v *visit, nav, title string) page {
	p := page{Language: v.lang, Site: o.Site, Title: title, Nav: nav, Who: v.session.Who, assets: o.assets}
	p.Bare = !v.isSignedIn()
	q := r.URL.Query()
	q.Set("lang", string(p.Other()))
	q.Del("done")
	p.Switch = r.URL.EscapedPath() + "?" + q.Encode()
	p.Done = doneWords(r.URL.Query().Get("done")).In(p.Language)
	return p
}

// Other is the other language.
func (p page) Other() bantin.Language {
	if p.Language == bantin.English {
		return bantin.Vietnamese
	}
	return bantin.English
}

// Href is a path of a page that people see who are not signed in: it names the language
// where it is not the site's. Once signed in, the session remembers it.
func (p page) Href(path string) string {
	if p.Who != "" || p.Language == p.Site.Language {
		return path
	}
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Set("lang", string(p.Language))
	u.RawQuery = q.Encode()
	return u.String()
}

// Asset is the URL of a static file in this program's version.
func (p page) Asset(name string) string {
	return "/office/static/" + name + "?v=" + web.AssetVersion(p.assets[name])
}

// Logo is the site's, served from here; nil where there is none.
func (p page) Logo() *bantin.Image {
	if p.assets[logoAsset] == nil {
		return nil
	}
	logo := *p.Site.Logo
	logo.Src = p.Asset(logoAsset)
	return &logo
}

// FormKey is a new key for a form, which is done once.
func (p page) FormKey() string { return NewNonce() }

// Entry is an entry of the navigation.
type entry struct{ ID, Href, Text string }

// Entries are those of the navigation.
func (p page) Entries() []entry {
	return []entry{
		{"today", "/office", p.Say("Hôm nay", "Today")},
		{"editions", "/office/editions", p.Say("Các kỳ", "Editions")},
		{"bulletins", "/office/bulletins", p.Say("Tin", "Bulletins")},
		{"contacts", "/office/contacts", p.Say("Người nhận", "Contacts")},
		{"returns", "/office/returns", p.Say("Thư trả lại", "Returns")},
		{"statistics", "/office/statistics", p.Say("Thống kê", "Statistics")},
		{"calendar", "/office/calendar", p.Say("Lịch", "Calendar")},
		{"sources", "/office/sources", p.Say("Nguồn", "Sources")},
		{"settings", "/office/settings", p.Say("Cài đặt", "Settings")},
	}
}

// Count formats a number: 2.911, in English 2,911.
func (p page) Count(n int64) string { return templates.Number(p.Language, int(n)) }

// Share formats a part of a whole in percent, with one digit: 97,1%.
func (p page) Share(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	tenths := part * 1000 / whole
	return fmt.Sprintf("%d%s%d%%", tenths/10, p.Say(",", "."), tenths%10)
}

// When formats a time in a zone: "07:00, Thứ Hai, 23/11/2026".
func (p page) When(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(zone)
	return templates.Clock(t) + ", " + templates.Weekday(p.Language, t) + ", " + templates.ShortDate(t)
}

// Until says how far away a time is: "sau 3 ngày".
func (p page) Until(now, t time.Time) string {
	d := t.Sub(now)
	switch {
	case d <= 0:
		return p.Say("bây giờ", "now")
	case d < time.Hour:
		return p.plural(int(d.Minutes())+1, "sau %d phút", "in %d minute", "in %d minutes")
	case d < 48*time.Hour:
		return p.plural(int(d.Hours()), "sau %d giờ", "in %d hour", "in %d hours")
	}
	return p.plural(int(d.Hours()/24), "sau %d ngày", "in %d day", "in %d days")
}

func (p page) plural(n int, vi, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf(p.Say(vi, many), n)
}

// statusWords is the state of an edition.
func statusWords(s bantin.EditionStatus) bantin.Words {
	return map[bantin.EditionStatus]bantin.Words{
		bantin.EditionDraft:     {VI: "là bản thảo, chờ duyệt", EN: "a draft that waits for approval"},
		bantin.EditionScheduled: {VI: "đã hẹn giờ", EN: "scheduled"},
		bantin.EditionOpen:      {VI: "đang chờ gửi", EN: "waiting to be sent"},
		bantin.EditionSending:   {VI: "đang gửi", EN: "being sent"},
		bantin.EditionPaused:    {VI: "đang tạm dừng", EN: "paused"},
		bantin.EditionHeld:      {VI: "bị giữ lại", EN: "held"},
		bantin.EditionCancelled: {VI: "đã hủy", EN: "cancelled"},
		bantin.EditionDone:      {VI: "đã gửi xong", EN: "sent"},
	}[s]
}

// span says how long a time is: "72 giờ", "30 ngày".
func (p page) span(d time.Duration) string {
	if hours := int(d.Hours()); hours <= 96 {
		return p.plural(hours, "%d giờ", "%d hour", "%d hours")
	}
	return p.plural(int(d.Hours()/24), "%d ngày", "%d day", "%d days")
}
