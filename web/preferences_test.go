package web

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// office is a site with two digests and Mai of Sơn La, who gets the weekly one
// because the office put them on its list.
func office(t *testing.T) (s *testSite, link string) {
	t.Helper()
	s = newTestSite(t)
	s.see(t)
	if err := s.store.Digests().Register(t.Context(), "hoc-bong", "Tin học bổng", nil); err != nil {
		t.Fatal(err)
	}
	s.site.Digests = append(s.site.Digests, Digest{ID: "hoc-bong", Title: "Tin học bổng"})
	s.site.InAudience = func(ctx context.Context, digest, address string) (bool, error) {
		n, err := s.store.Digests().CountAudience(ctx, digest, store.Audience{AnyPlace: true, Site: "vi"}, []string{bantin.AddressKey(address)})
		return n > 0 && digest == "hang-tuan", err
	}
	s.Config.Handler = New(s.site)
	return s, "/preferences/" + s.contact(t, "hang-tuan")
}

func (s *testSite) mai(t *testing.T) bantin.Contact {
	t.Helper()
	c, err := s.store.Contacts().Get(t.Context(), "mai@sonla.example.org")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// status is the contact's own choice about a digest, "" without one.
func status(c bantin.Contact, digest string) bantin.SubscriptionStatus {
	for _, sub := range c.Subscriptions {
		if sub.Digest == digest {
			return sub.Status
		}
	}
	return ""
}

// fresh asks for a link to the contact's data and takes it from the mail.
func (s *testSite) fresh(t *testing.T, link string) string {
	t.Helper()
	res, _ := s.post(t, link, url.Values{"do": {"link"}})
	if res.StatusCode != 303 || !strings.HasSuffix(res.Header.Get("Location"), "done=link") {
		t.Fatalf("asking for a link: %d", res.StatusCode)
	}
	for _, l := range s.mails(t) {
		if strings.Contains(l.subject, "dữ liệu") {
			return linkIn(t, l, "preferences")
		}
	}
	t.Fatal("no mail with a link")
	return ""
}

func TestPreferences(t *testing.T) {
	s, link := office(t)
	res, page := s.do(t, "GET", link, "")
	checkSecret(t, res)
	wantAll(t, page, "m•••@sonla.example.org", `value="hang-tuan" checked`, `name="had" value="hang-tuan"`, `value="son-la" selected`)
	for _, part := range []string{"mai@", `value="erase"`, `value="data"`, `value="move"`, `value="hoc-bong" checked`} {
		if strings.Contains(page, part) {
			t.Errorf("a link that came with a digest shows %q", part)
		}
	}
	// Nothing that such a link may not do is done.
	for _, do := range []string{"erase", "data", "move", ""} {
		if res, _ := s.post(t, link, url.Values{"do": {do}, "sure": {"1"}, "email": {"x@example.org"}}); res.StatusCode != 400 {
			t.Errorf("do=%s = %d", do, res.StatusCode)
		}
	}
	save := url.Values{"do": {"save"}, "had": {"hang-tuan"}, "digest": {"hoc-bong"}, "place": {"phu-tho"}, "reads": {"phu-tho", "son-la", "atlantis"}, "language": {"en"}, "pause": {"2027-01-15"}}
	s.passed.Store(int64(time.Until(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))))
	if res, _ := s.post(t, link, save); res.StatusCode != 303 || res.Header.Get("Location") != link+"?done=saved" {
		t.Fatalf("saving: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	c := s.mai(t)
	if c.Place != "phu-tho" || !slices.Equal(c.Reads, []string{"phu-tho", "son-la"}) || c.Language != "en" || c.PausedUntil.String() != "2027-01-15" ||
		status(c, "hang-tuan") != bantin.SubscriptionUnsubscribed || status(c, "hoc-bong") != bantin.SubscriptionActive {
		t.Errorf("contact %+v", c)
	}
	wantAll(t, s.get(t, link+"?done=saved", 200), "Đã lưu", "Đang tạm ngừng", `value="2027-01-15"`, `value="hoc-bong" checked`, "details open")
	wantAll(t, s.get(t, link+"?lang=en", 200), "Mail preferences", "Paused")
	list := []bantin.Contact{{Email: "mai@sonla.example.org", Place: "ha-noi", Language: "vi", Name: "Lò Thị Mai"}}
	if _, err := s.store.Imports().Apply(t.Context(), list, bantin.OriginImport, []byte("x"), false); err != nil {
		t.Fatal(err)
	}
	if c := s.mai(t); c.Place != "phu-tho" || c.Language != "en" || c.Name != "Lò Thị Mai" {
		t.Errorf("an import changed the contact's own fields: %+v", c)
	}
	for _, bad := range []string{"hôm nay", "2027-02-30", "2999-01-01", strings.Repeat("9", 70_000)} {
		save.Set("pause", bad)
		want := 422
		if len(bad) > maxBody {
			want = 413
		}
		if res, _ := s.post(t, link, save); res.StatusCode != want {
			t.Errorf("pause %.12s = %d", bad, res.StatusCode)
		}
	}
	save.Del("pause")
	save.Del("reads")
	s.post(t, link, save)
	if c := s.mai(t); !c.PausedUntil.IsZero() || len(c.Reads) != 0 {
		t.Errorf("withdrawn choices are kept: %+v", c)
	}
}

// A field that must be corrected loses none of the other choices.
func TestPreferencesMended(t *testing.T) {
	s, link := office(t)
	s.passed.Store(int64(time.Until(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))))
	chosen := url.Values{"do": {"save"}, "had": {"hang-tuan"}, "digest": {"hoc-bong"}, "place": {"phu-tho"}, "reads": {"son-la"}, "language": {"en"}, "pause": {"15/1/2029"}}
	res, page := s.post(t, link, chosen)
	wantAll(t, page, `value="hoc-bong" checked`, `value="phu-tho" selected`, `value="son-la" checked`, `value="en" checked`, `name="had" value="hang-tuan"`,
		`value="2029-01-15"`, `aria-describedby="pause-err pause-hint" aria-invalid="true"`)
	if res.StatusCode != 422 || strings.Contains(page, `value="hang-tuan" checked`) || s.left(t) {
		t.Errorf("%d, left %v", res.StatusCode, s.left(t))
	}
	chosen.Set("language", "vi")
	chosen.Set("pause", " 15/1/2027 ") // as people write it where there is no field for days
	if res, _ := s.post(t, link, chosen); res.StatusCode != 303 || s.mai(t).PausedUntil.String() != "2027-01-15" {
		t.Errorf("%d, paused until %s", res.StatusCode, s.mai(t).PausedUntil)
	}
	fresh := s.fresh(t, link)
	_, page = s.post(t, fresh, url.Values{"do": {"move"}, "email": {"mai.moi@"}})
	wantAll(t, page, `value="mai.moi@"`, `aria-invalid="true"`)
	if res, _ := s.post(t, fresh, url.Values{"do": {"move"}, "email": {" mai.moi@example.org "}}); res.StatusCode != 303 {
		t.Errorf("an address with a blank behind it, as telephones write it: %d", res.StatusCode)
	}
	_, page = s.post(t, fresh, url.Values{"do": {"erase"}})
	wantAll(t, page, `id="sure-err"`, `aria-describedby="sure-err" aria-invalid="true"`)
}

// With a fresh link a contact sees and exports their data, changes the address, and is erased.
func TestContactData(t *testing.T) {
	s, link := office(t)
	fresh := s.fresh(t, link)
	wantAll(t, s.get(t, fresh, 200), "mai@sonla.example.org", `value="erase"`)
	if _, err := s.store.DataRequests().Add(t.Context(), bantin.DataRequest{Kind: bantin.RequestAccess, Email: "Mai@sonla.example.org", Note: "gọi điện", Arrived: s.now(), Due: s.now().Add(time.Hour), By: "hoa@example.org"}); err != nil {
		t.Fatal(err)
	}
	res, body := s.post(t, fresh, url.Values{"do": {"data"}})
	var data struct {
		Email, Place, Key string
		Record            []bantin.AuditEntry
		Requests          []bantin.DataRequest `json:"data_requests"`
	}
	if err := json.Unmarshal([]byte(body), &data); err != nil || data.Email != "mai@sonla.example.org" || data.Place != "son-la" || len(data.Record) == 0 || data.Record[0].What != bantin.AuditAdded ||
		!strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || strings.Contains(body, s.mai(t).Key) {
		t.Errorf("contact data: %v\n%s", err, body)
	}
	if len(data.Requests) != 1 || data.Requests[0].Note != "gọi điện" || strings.Contains(body, "hoa@example.org") {
		t.Errorf("their requests: %+v\n%s", data.Requests, body)
	}
	if res, _ := s.post(t, fresh, url.Values{"do": {"move"}, "email": {"mai@"}}); res.StatusCode != 422 {
		t.Errorf("a wrong new address: %d", res.StatusCode)
	}
	s.post(t, fresh, url.Values{"do": {"move"}, "email": {"mai.moi@example.org"}})
	for _, l := range s.mails(t) {
		if strings.Contains(l.to, "mai.moi") {
			move := linkIn(t, l, "confirm")
			wantAll(t, s.get(t, move, 200), "Dùng địa chỉ này")
			if s.known(t, "mai.moi@example.org") != nil {
				t.Fatal("a GET changed the address")
			}
			if res, page := s.post(t, move, nil); res.StatusCode != 200 || !strings.Contains(page, "Địa chỉ mới đã dùng được") {
				t.Errorf("moving: %d", res.StatusCode)
			}
		}
	}
	if s.known(t, "mai@sonla.example.org") != nil || s.known(t, "mai.moi@example.org") == nil {
		t.Error("the address did not change")
	}
	s.checkMail(t) // the link, the new address, the old one
	if n := len(s.mails(t)); n != 3 {
		t.Errorf("%d mails, want 3", n)
	}
	if res, _ := s.post(t, fresh, url.Values{"do": {"erase"}}); res.StatusCode != 422 || s.known(t, "mai.moi@example.org") == nil {
		t.Errorf("erasing without being sure: %d", res.StatusCode)
	}
	s.pass(30 * time.Minute)
	if res, page := s.post(t, fresh, url.Values{"do": {"erase"}, "sure": {"1"}}); res.StatusCode != 200 || !strings.Contains(page, "Đã xóa") {
		t.Errorf("erasing: %d", res.StatusCode)
	}
	if s.known(t, "mai.moi@example.org") != nil {
		t.Error("the contact was not erased")
	}
	for _, path := range []string{fresh, link} {
		wantAll(t, s.get(t, path, 410), "không còn giữ gì")
	}
}

func TestFreshLinks(t *testing.T) {
	s, link := office(t)
	fresh := s.fresh(t, link)
	for range maxPerMailbox - 1 {
		s.post(t, link, url.Values{"do": {"link"}})
	}
	if res, _ := s.post(t, link, url.Values{"do": {"link"}}); res.StatusCode != 429 {
		t.Errorf("asking too often: %d", res.StatusCode)
	}
	s.pass(accountLinkTTL)
	for _, method := range []string{"GET", "POST"} {
		if res, _ := s.do(t, method, fresh, "do=erase&sure=1"); res.StatusCode != 410 {
			t.Errorf("%s an hour later: %d", method, res.StatusCode)
		}
	}
	confirm, err := s.tokens.LinkToken(mailer.PurposeConfirm, s.mai(t).Key, s.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"of another purpose": confirm, "cut": strings.TrimPrefix(link, "/preferences/")[:40], "none": "x"} {
		if res, _ := s.do(t, "GET", "/preferences/"+token, ""); res.StatusCode != 404 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// TestMailsOfPages has each mail that a page sets in motion looked at, in both
// languages.
func TestMailsOfPages(t *testing.T) {
	for language, want := range map[string][]string{
		"vi": {"Bạn đã ngừng nhận bản tin", "Còn một bước: xác nhận nhận bản tin", "Còn một bước: xác nhận địa chỉ mới", "Liên kết đến dữ liệu của bạn", "Địa chỉ nhận thư đã đổi"},
		"en": {"One step left: confirm your new address", "One step left: confirm your subscription", "You have unsubscribed", "Your address has changed", "Your link to your data"},
	} {
		s, link := office(t)
		s.post(t, link, url.Values{"do": {"save"}, "had": {"hang-tuan"}, "digest": {"hang-tuan"}, "place": {"son-la"}, "language": {language}})
		s.post(t, link, url.Values{"do": {"link"}})
		s.post(t, "/subscribe", url.Values{"email": {"lan@example.org"}, "digest": {"hang-tuan"}, "language": {language}})
		for _, l := range s.mails(t) {
			if strings.Contains(l.text, "/preferences/") {
				s.post(t, linkIn(t, l, "preferences"), url.Values{"do": {"move"}, "email": {"mai.moi@example.org"}})
			}
		}
		for _, l := range s.mails(t) {
			if strings.Contains(l.to, "mai.moi") {
				s.post(t, linkIn(t, l, "confirm"), nil)
			}
		}
		s.post(t, strings.Replace(link, "/preferences/", "/unsubscribe/", 1), url.Values{"do": {"leave"}, "scope": {"all"}})
		var got []string
		for _, l := range s.mails(t) {
			got = append(got, l.subject)
			if strings.Contains(l.text, "https:") && strings.Contains(l.text, "?lang=en") != (language == "en") {
				t.Errorf("%q leads to a page in another language:\n%s", l.subject, l.text)
			}
			if language == "en" && strings.Contains(l.text, "mọi bản tin") {
				t.Errorf("%q has words of the other language:\n%s", l.subject, l.text)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mails in %s (-want +got)\n%s", language, diff)
		}
		s.checkMail(t)
	}
}
