//go:build unix

package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// personOf is the page of a contact.
func (o *testOffice) personOf(address string) string {
	o.T.Helper()
	c, err := o.DB.Contacts().Get(o.T.Context(), address)
	if err != nil {
		o.T.Fatal(err)
	}
	return "/office/contacts/" + ContactKey(o.Tokens, c.ID)
}

// A person has the last word on a bulletin: what readers see follows, and a form that says
// what is so already corrects nothing.
func TestBulletins(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	b.wants("/office/bulletins", "Không có tin nào")
	for i := range bulletinsPerPage + 2 {
		o.AddBulletin(fmt.Sprintf("tin-%d", i), fmt.Sprintf("Tổng kết <lần %d>", i), "phu-tho")
	}
	b.wants("/office/bulletins", "Tổng kết &lt;lần 31&gt;", "Phú Thọ", "Tin cũ hơn")
	path := "/office/bulletins/tin-1"
	b.wants(path, "Bạn đọc thấy tin này", "Đã hiểu là", "van-phong tin-1.md", `value="Tổng kết &lt;lần 1&gt;"`)
	b.post(path+"/hold", url.Values{"reason": {"thiếu <ngày>"}}, http.StatusSeeOther)
	b.wants(path+"?done=hold", "Chờ người duyệt", "thiếu &lt;ngày&gt;", "Cho đăng", "Đã giữ lại", "lan@example.org, giữ lại (thiếu &lt;ngày&gt;)")
	b.wants("/office/bulletins?show=held", "lần 1&gt;", "thiếu &lt;ngày&gt;")
	b.post(path+"/release", url.Values{}, http.StatusSeeOther)
	b.post(path+"/withdraw", url.Values{}, http.StatusSeeOther)
	b.wants("/office/bulletins?show=withdrawn", "lần 1&gt;")
	b.wants(path+"?lang=en", "Withdrawn: readers do not see it")
	b.post(path+"/release", url.Values{}, http.StatusSeeOther)

	stored := func() bantin.Bulletin {
		got, err := o.DB.Bulletins().Get(t.Context(), "tin-1")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	before := stored()
	day := bantin.DayOf(before.Published.In(o.Site.Location))
	b.wants(path+"?lang=vi", "<dd>"+day.In(o.Site.Location).Format("2/1/2006")+"</dd>", `type="date" id="date" name="date" value="`+day.String()+`"`)
	same := url.Values{"title": {before.Title}, "places": {"Phú Thọ"}, "date": {bantin.DayOf(before.Published.In(o.Site.Location)).String()}}
	b.post(path+"/correct", same, http.StatusSeeOther)
	if got := stored(); got.Revision != before.Revision {
		t.Errorf("saying the same is revision %d", got.Revision)
	}
	b.post(path+"/correct", url.Values{"title": {" Tổng  kết năm "}, "places": {"Sơn La, ha-noi"}, "date": {"2026-11-05"}}, http.StatusSeeOther)
	if got := stored(); got.Title != "Tổng kết năm" || strings.Join(got.Places, " ") != "son-la ha-noi" && strings.Join(got.Places, " ") != "ha-noi son-la" || bantin.DayOf(got.Published.In(o.Site.Location)).String() != "2026-11-05" {
		t.Errorf("corrected: %q %v %v", got.Title, got.Places, got.Published)
	}
	b.post(path+"/correct", url.Values{"title": {""}}, http.StatusSeeOther)
	if got := stored(); got.Title != before.Title || len(got.Places) != 2 {
		t.Errorf("an empty field is as it was read, an absent one stays: %q %v", got.Title, got.Places)
	}
	for _, wrong := range []url.Values{{"places": {"Atlantis"}}, {"date": {"5/11"}}} {
		b.post(path+"/correct", wrong, http.StatusUnprocessableEntity)
	}
	res, _ := b.ask(http.MethodPost, path+"/renew", url.Values{})
	if next := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || strings.HasPrefix(next, path+"?") {
		t.Errorf("renewed: %d to %s", res.StatusCode, next)
	}
	b.get("/office/bulletins/khong-co", http.StatusNotFound)
	(&browser{o: o}).post(path+"/withdraw", url.Values{}, http.StatusForbidden)
	_, body := b.ask(http.MethodGet, path, nil, "Accept", "application/json")
	var shown bantin.Bulletin
	if err := json.Unmarshal([]byte(body), &shown); err != nil || shown.ID != "tin-1" {
		t.Errorf("%v: %s", err, body)
	}
}

// The list of contacts goes on page by page; a person's page tells their whole story, and
// no key opens it but the one of these pages.
func TestContacts(t *testing.T) {
	o := newTestOffice(t)
	e := o.sentEdition()
	b := o.signedIn(lan)
	o.AddContactsOf(contactsPerPage+30, "son-la")
	first := b.wants("/office/contacts", "<h1>80 người nhận</h1>", "c0@example.org", "Nguyễn Thị Ánh Tuyết", "Tiếp theo")
	_, rest, _ := strings.Cut(first, `href="/office/contacts?after=`)
	after, _, _ := strings.Cut(rest, `"`)
	second := b.get("/office/contacts?after="+after, http.StatusOK)
	seen := map[string]bool{}
	for _, page := range []string{first, second} {
		for _, part := range strings.Split(page, `<th scope="row"><a href="`)[1:] {
			href, _, _ := strings.Cut(part, `"`)
			if seen[href] {
				t.Errorf("%s twice", href)
			}
			seen[href] = true
		}
	}
	if len(seen) != 80 {
		t.Errorf("the pages hold %d contacts, want 80", len(seen))
	}
	b.wants("/office/contacts?q=C7@", "c7@example.org")
	b.wants("/office/contacts?place=phu-tho&q=c3", "Không tìm thấy ai")
	b.get("/office/contacts?place=atlantis", http.StatusNotFound)
	b.get("/office/contacts?status=khac", http.StatusNotFound)
	b.get("/office/contacts?digest=khac", http.StatusNotFound)
	b.get("/office/contacts?since=hom-qua", http.StatusUnprocessableEntity)
	b.wants("/office/contacts?status=active&digest=hang-tuan&since=2020-01-01", "c0@example.org", "đang nhận, từ ", "digest=hang-tuan&amp;since=2020-01-01&amp;status=active\">Tiếp theo")

	c, err := o.DB.Contacts().Get(t.Context(), "c8@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.DB.Suppressions().Add(t.Context(), "c8@example.org", "user-unknown", o.Now()); err != nil {
		t.Fatal(err)
	}
	b.wants("/office/contacts?status=suppressed", "c8@example.org", "bị chặn gửi: không có người này, từ ")
	page := b.wants(o.personOf("c8@example.org"), "gửi thư", "hộp thư đầy", "bị chặn gửi", e.ID, "Không gửi thư")
	if _, err := o.DB.Suppressions().Add(t.Context(), "c9@example.org", "xin thôi qua <điện thoại>", o.Now()); err != nil {
		t.Fatal(err)
	}
	b.wants(o.personOf("c9@example.org"), "bị chặn gửi, do văn phòng, xin thôi qua &lt;điện thoại&gt;")
	if strings.Contains(page, c.Key) {
		t.Error("the page has the key of their links")
	}
	for _, key := range []string{c.Key, fmt.Sprint(c.ID), fmt.Sprintf("%d-0123456789abcdef", c.ID), "x"} {
		b.get("/office/contacts/"+key, http.StatusNotFound)
	}
	_, body := b.ask(http.MethodGet, "/office/contacts?q=c8@", nil, "Accept", "application/json")
	var shown struct{ Email, Key string }
	if err := json.Unmarshal([]byte(body), &shown); err != nil || "/office/contacts/"+shown.Key != o.personOf("c8@example.org") {
		t.Errorf("%v: %s", err, body)
	}
}

// Suppressions that were wrong are removed here.
func TestReturns(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	o.AddContacts(3)
	b.wants("/office/returns", "<h1>0 địa chỉ bị chặn gửi</h1>", "Không bên nhận nào")
	if _, err := o.DB.Suppressions().Add(t.Context(), "c1@example.org", "user-unknown", o.Now()); err != nil {
		t.Fatal(err)
	}
	b.wants("/office/returns?lang=en", "1 suppressed addresses", "no such user", "c1@example.org")
	b.post("/office/returns/remove", url.Values{"email": {"ai@example.org"}}, http.StatusNotFound)
	b.post("/office/returns/undo", url.Values{"since": {"hôm qua"}}, http.StatusUnprocessableEntity)
	b.post("/office/returns/undo", url.Values{"since": {"2026-01-01T07:00"}}, http.StatusSeeOther)
	if _, err := o.DB.Suppressions().Get(t.Context(), "c1@example.org"); err != nil {
		t.Errorf("what was added by hand is removed: %v", err)
	}
	b.post("/office/returns/remove", url.Values{"email": {"C1@example.org"}}, http.StatusSeeOther)
	b.wants("/office/returns?lang=vi", "<h1>0 địa chỉ bị chặn gửi</h1>")
}

// What is due, where bulletins come from, and the settings can be read.
func TestReadOnlyPages(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	b.wants("/office/calendar", "gửi bằng lệnh, không theo lịch")
	due := time.Date(2026, time.December, 7, 0, 0, 0, 0, time.UTC)
	d := &o.options.Digests[0]
	d.Between, d.Skip = "06:00-21:00", []string{"2027-02-05..2027-02-12"}
	d.Next, d.Times = func(context.Context) time.Time { return due }, func(time.Time, time.Time) []time.Time { return []time.Time{due} }
	o.server.Config.Handler = New(o.options)
	b.wants("/office/calendar", "Tháng 12/2026", "Thứ Hai, 7/12/2026", "07:00", "06:00-21:00", "2027-02-05..2027-02-12")
	b.wants("/office/calendar", `href="/office/settings">Điều cần xem lại`, "Dòng 2: khóa lạ · có phải site?")
	if _, body := b.ask(http.MethodGet, "/office/calendar", nil, "Accept", "application/json"); body != `{"id":"hang-tuan","kind":"digest","times":["2026-12-07T00:00:00Z"]}`+"\n" {
		t.Error(body)
	}
	b.wants("/office/sources", "van-phong", "/srv/tin", "–")
	if err := o.DB.Sources().RecordRead(t.Context(), "van-phong", fmt.Errorf("<không> mở được"), o.Now()); err != nil {
		t.Fatal(err)
	}
	b.wants("/office/sources?lang=en", "It cannot be read", "&lt;không&gt; mở được")
	b.wants("/office/settings", "site: {title: &lt;Hội&gt;}", "unknown key", "did you mean site?", "not read again")
	for _, path := range []string{"/office/calendar", "/office/sources", "/office/settings", "/office/contacts", "/office/bulletins", "/office/returns"} {
		(&browser{o: o}).get(path, http.StatusSeeOther)
	}
}

// What is wrong with items stands on the page of the sources, and Today names the source.
func TestProblemsOfSources(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	problem := func(item, what string) bantin.Problem {
		return bantin.Problem{Item: item, Kind: bantin.ProblemUnread, What: bantin.NewNote(what, what+" (en)"), Hint: bantin.NewNote("giải nén", "unpack it")}
	}
	found := []bantin.Problem{problem("anh/<lễ>.zip", "tệp nén không được mở"), problem("b.zip", "tệp nén không được mở"), problem("c.heic", "ảnh không đọc được")}
	if err := o.DB.Sources().RecordProblems(t.Context(), "van-phong", found, nil); err != nil {
		t.Fatal(err)
	}
	b.wants("/office/sources", "<h3>Chưa đọc: tệp nén không được mở</h3>", "anh/&lt;lễ&gt;.zip", "<li>b.zip</li>", "<p>Giải nén.</p>", "Chưa đọc: ảnh không đọc được")
	b.wants("/office", "Nguồn van-phong: 3 mục chưa đọc, 0 đọc thiếu", `href="/office/sources#van-phong"`)
	b.wants("/office/sources", `action="/office/sources/van-phong/collect"`, "Đọc ngay")
	b.post("/office/sources/van-phong/collect", url.Values{}, http.StatusSeeOther)
	b.wants("/office/sources?done=collect", "Đã đọc nguồn.")
	b.post("/office/sources/khong-co/collect", url.Values{}, http.StatusNotFound)
	for _, c := range []struct {
		err    error
		status int
		lang   bantin.Language
		want   string
	}{
		{ErrBeingRead, http.StatusConflict, "en", "It is being read"},
		{ErrBeingRead, http.StatusConflict, "vi", "Nguồn này đang được đọc"},
		{ErrManyReads, http.StatusConflict, "en", "Two other sources"},
		{ErrManyReads, http.StatusConflict, "vi", "Hai nguồn khác"},
		{context.Canceled, http.StatusServiceUnavailable, "en", "The server is stopping"},
		{context.Canceled, http.StatusServiceUnavailable, "vi", "Máy chủ đang dừng"},
	} {
		o.collected = c.err
		if body := b.post(inLanguage("/office/sources/van-phong/collect", c.lang), url.Values{}, c.status); !strings.Contains(body, c.want) {
			t.Errorf("no %q in %s", c.want, body)
		}
	}
	o.collected = errors.New("<mạng> không thông")
	if body := b.post("/office/sources/van-phong/collect", url.Values{}, http.StatusBadGateway); !strings.Contains(body, "trang Nguồn cho biết vì sao") || strings.Contains(body, "mạng") {
		t.Error(body)
	}
	if _, body := b.ask(http.MethodGet, "/office/sources", nil, "Accept", "application/json"); !strings.Contains(body, `"problems":[{"item":"anh/`) || !strings.Contains(body, `"item":"c.heic","what":"ảnh không đọc được","hint":"giải nén"}]`) {
		t.Error(body)
	}
	o.Skew.Add(int64(40 * 24 * time.Hour))
	b = o.signedIn(lan)
	if page := b.get("/office", http.StatusOK); strings.Contains(page, "Nguồn van-phong") {
		t.Error("Today names what was left over a month ago")
	}
}

// Of an event only the place may be known: its page names no day then.
func TestEventWithoutADate(t *testing.T) {
	o := newTestOffice(t)
	for id, c := range map[string]struct {
		event bantin.Event
		shown string
	}{
		"place": {bantin.Event{Place: "Huế"}, "Huế"},
		"hour":  {bantin.Event{Time: "08:30", Host: "Hội Khuyến học Huế"}, "08:30, Hội Khuyến học Huế"},
		"all":   {bantin.Event{Date: bantin.Day{Year: 2026, Month: time.November, Day: 20}, Time: "08:30", Place: "Huế", Host: "Hội"}, "08:30 20/11/2026, Huế, Hội"},
	} {
		if got := eventLine(&c.event); got != c.shown {
			t.Errorf("%s: %q, want %q", id, got, c.shown)
		}
	}
	bulletin := &bantin.Bulletin{ID: "hue", Source: "van-phong", SourceID: "hue.md", Title: "Huế mở lớp", Text: "Huế mở lớp", HTML: "<p>Huế mở lớp</p>", Published: o.Now(), Event: &bantin.Event{Place: "Huế"}}
	o.Store(store.Arrival{Source: "van-phong", Item: "hue.md", Version: "1", Digest: "1", Identity: "file:van-phong/hue.md", Bulletin: bulletin, Tags: o.Atlas.Tags(bulletin)})
	b := o.signedIn(lan)
	if page := b.wants("/office/bulletins/hue", "Việc diễn ra", "Huế"); strings.Contains(page, "30/11/-") {
		t.Error("it names a day of the year -1")
	}
}
