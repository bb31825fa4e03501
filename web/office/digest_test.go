//go:build unix

package office

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/pagetest"
	"bantin/mailer"
	"bantin/picture"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/store"

	"github.com/chromedp/chromedp"
)

// compose lets the pages work with the next edition of the office's digest, as the
// command wires them.
func (o *testOffice) compose() {
	plan := &edition.DigestPlan{Digest: *o.Digest, Late: 24 * time.Hour}
	o.editor.Digests = []*edition.DigestPlan{plan}
	composer := &delivery.Composer{Site: o.Site, Atlas: o.Atlas, Sender: o.Sender(), Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		return mailer.RenderDigest(o.options.Templates, subject, m)
	}}
	next := func(ctx context.Context) (bantin.Edition, []bantin.Bulletin, error) {
		if e, ok, err := o.DB.Editions().Draft(ctx, o.Digest.ID); ok || err != nil {
			list, more := o.DB.Editions().Bulletins(ctx, e.Row)
			return e, list, errors.Join(err, more)
		}
		now, err := o.DB.Compositions().Current(ctx, o.Digest.ID)
		e := bantin.Edition{ID: "hang-tuan-9", Digest: o.Digest.ID, Number: 9, Title: o.Digest.Title, Due: o.Now(), Max: 30,
			Subject: store.SubjectTemplate(now.Subject, o.Digest.Subject), Composed: &now.Composition}
		ids, more := o.DB.Compositions().Next(ctx, o.Digest.ID, nil)
		var list []bantin.Bulletin
		for _, id := range ids {
			b, err := o.DB.Bulletins().Get(ctx, id)
			more = errors.Join(more, err)
			list = append(list, b)
		}
		return e, list, errors.Join(err, more)
	}
	o.options.Digests[0].Tests = []string{"thu@example.org"}
	o.options.Digests[0].Composing = &Composing{
		Next: next,
		Message: func(ctx context.Context, edition, contact string) ([]byte, error) {
			var c bantin.Contact
			if contact != "" {
				var err error
				if c, err = o.DB.Contacts().Get(ctx, contact); err != nil {
					return nil, err
				}
			}
			e, list, err := next(ctx)
			if edition != "" {
				e, err = o.DB.Editions().Get(ctx, edition)
				if err == nil {
					list, err = o.DB.Editions().Bulletins(ctx, e.Row)
				}
			}
			if err != nil {
				return nil, err
			}
			m := composer.Mail(&e, o.Site.Location, list, delivery.Segment{Place: c.Place, Language: c.Language, Why: "office"})
			letter, _, err := composer.Compose(&e, m, o.Now())
			if err != nil {
				return nil, err
			}
			return letter.AppendFile(nil, mailer.RecipientFields{Address: c.Email, UnsubscribeToken: mailer.TokenPlaceholder})
		},
		SendTest: func(_ context.Context, _, to string) error { o.tests = append(o.tests, to); return nil },
		Send: func(ctx context.Context) (bantin.Edition, error) {
			return o.editor.Make(ctx, &plan.Digest, o.Now().Truncate(time.Second))
		},
		Special: func(ctx context.Context, at time.Time, c bantin.Composition) (bantin.Edition, error) {
			return o.editor.Special(ctx, plan, at, c)
		},
	}
	o.options.Approve = o.editor.Approve
	o.options.KeepFile = func(ctx context.Context, path string) (*bantin.LinkedFile, error) {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		mediaType, name, err := picture.CheckFile(filepath.Base(path), raw)
		if err != nil {
			return nil, &UnreadableError{Words: bantin.Words{VI: "không phải loại tệp nhận được", EN: "of no kind"}}
		}
		f := &bantin.LinkedFile{ID: NewNonce(), Name: name, Type: mediaType, Size: int64(len(raw))}
		return f, o.DB.LinkedFiles().Add(ctx, f.ID, raw)
	}
}

// wantsApproval makes the next editions of the digest drafts.
func (o *testOffice) wantsApproval() {
	o.editor.Digests[0].Approve, o.editor.Digests[0].ApproveWithin = true, 24*time.Hour
	o.options.Digests[0].Approve = true
	o.server.Config.Handler = New(o.options)
}

func (o *testOffice) composed() store.Composed {
	o.T.Helper()
	now, err := o.DB.Compositions().Current(o.T.Context(), o.Digest.ID)
	if err != nil {
		o.T.Fatal(err)
	}
	return now
}

const digestPath = "/office/digests/hang-tuan"

// The next edition is composed on its page; who has not seen what another wrote writes
// over nothing.
func TestComposeNext(t *testing.T) {
	o := newTestOffice(t)
	o.AddContacts(10)
	o.AddBulletin("a", "Phú Thọ <tổng kết>", "phu-tho")
	o.AddBulletin("b", "Cần Thơ trao học bổng", "can-tho")
	o.AddBulletin("c", "Huế mở lớp", "hue")
	b := o.signedIn(lan)
	b.wants(digestPath, "Phú Thọ &lt;tổng kết&gt;", "<b>10</b>", `name="version" value="0"`, `sandbox=""`, "10 người sẽ nhận")
	b.get("/office/digests/khong-co", http.StatusNotFound)

	first := url.Values{"version": {"0"}, "edition": {""}, "greeting": {"Kính gửi **anh chị**\r\n<script>alert(1)</script>"}, "greeting_en": {"Dear all"}, "subject": {"Thư tháng Mười một"}, "order:c": {"1"}, "order:a": {"2"}, "drop": {"b"}}
	b.post(digestPath+"/next", first, http.StatusSeeOther)
	want := bantin.Composition{Greeting: "Kính gửi **anh chị**\n<script>alert(1)</script>", GreetingEN: "Dear all", Subject: "Thư tháng Mười một", Pin: []string{"c", "a"}, Drop: []string{"b"}}
	if diff := cmp.Diff(want, o.composed().Composition); diff != "" {
		t.Error(diff)
	}
	b.wants(digestPath+"?done=compose", "Đã ghi.", `value="1" aria-label`, "lan@example.org, soạn kỳ tới")
	b.wants(digestPath+"?view=text&contact=c0@example.org", "Kính gửi anh chị", "Tin nổi bật")
	if body := b.wants(digestPath+"/preview?contact=c0@example.org", "<strong>anh chị</strong>", mailer.TokenPlaceholder); strings.Contains(body, "<script") {
		t.Error("a script in the preview")
	}
	b.get(digestPath+"/preview?contact=khong@example.org", http.StatusNotFound)
	res, _ := b.ask(http.MethodGet, digestPath+"/preview", nil)
	if csp := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "; sandbox") || !strings.Contains(csp, "frame-ancestors 'self'") {
		t.Error(csp)
	}

	// Hoa saw it as it was before.
	hoa := o.signedIn("hoa@example.org")
	late := url.Values{"version": {"0"}, "edition": {""}, "greeting": {"Chào các bạn"}}
	page := hoa.post(digestPath+"/next", late, http.StatusConflict)
	for _, part := range []string{"Chào các bạn</textarea>", "Kính gửi **anh chị**", "Người khác vừa sửa kỳ này", `name="version" value="1"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page of a conflict has no %q", part)
		}
	}
	if o.composed().Greeting != want.Greeting {
		t.Error("written over")
	}
	late.Set("version", "1")
	hoa.post(digestPath+"/next", late, http.StatusSeeOther)
	if now := o.composed(); now.Greeting != "Chào các bạn" || now.Who != "hoa@example.org" || len(now.Pin) > 0 {
		t.Errorf("%+v", now)
	}

	// Mistakes, what is left out for good, and what programs get.
	b.post(digestPath+"/next", url.Values{"pin": {"khong-co"}}, http.StatusUnprocessableEntity)
	b.post(digestPath+"/next", url.Values{"subject": {strings.Repeat("a", bantin.MaxSubject+1)}}, http.StatusUnprocessableEntity)
	b.post(digestPath+"/next", url.Values{"drop": {"b"}, "always": {"1"}}, http.StatusSeeOther)
	if now := o.composed(); !cmp.Equal(now.Always, []string{"b"}) || !now.IsEmpty() {
		t.Errorf("%+v", now)
	}
	b.wants(digestPath, "Đã bỏ khỏi mọi kỳ", `name="restore" value="b"`)
	b.post(digestPath+"/next", url.Values{"restore": {"b"}, "pin": {"https://bantin.example.org/bulletins/b?lang=en"}}, http.StatusSeeOther)
	res, body := b.ask(http.MethodGet, digestPath, nil, "Accept", "application/json")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, `{"digest":"hang-tuan","edition":"hang-tuan-9","pin":["b"],`) || !strings.Contains(body, `"audience":{"count":10,`) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	(&browser{o: o}).post(digestPath+"/next", first, http.StatusForbidden)
}

// A draft is approved in the version that was looked at, once.
func TestApprove(t *testing.T) {
	o := newTestOffice(t)
	o.wantsApproval()
	o.AddContacts(10)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	b := o.signedIn(lan)
	b.post(digestPath+"/send", url.Values{"form": {"x1"}}, http.StatusSeeOther)
	b.wants("/office", "số 1 chờ duyệt", `href="/office/digests/hang-tuan"`)
	b.wants(digestPath, "Bản 1. Chưa ai nhận được.", `action="/office/editions/hang-tuan-1/approve"`)
	b.wants("/office/editions/hang-tuan-1", "Bản thảo chờ duyệt, bản 1", `name="version" value="1"`)

	b.post(digestPath+"/next", url.Values{"version": {"1"}, "edition": {"hang-tuan-1"}, "greeting": {"Chào"}}, http.StatusSeeOther)
	approve := "/office/editions/hang-tuan-1/approve"
	b.post(approve, url.Values{}, http.StatusBadRequest)
	b.post(approve, url.Values{"version": {"1"}}, http.StatusConflict)
	if s := o.status("hang-tuan-1"); s != bantin.EditionDraft {
		t.Fatal(s)
	}
	yes := url.Values{"version": {"2"}, "form": {"x2"}}
	b.post(approve, yes, http.StatusSeeOther)
	b.post(approve, yes, http.StatusSeeOther) // a double click
	e, err := o.DB.Editions().Get(t.Context(), "hang-tuan-1")
	if err != nil || e.Status != bantin.EditionOpen || e.Approved == nil || e.Approved.By != "lan@example.org" {
		t.Errorf("%+v %v", e, err)
	}
	b.post(approve, url.Values{"version": {"2"}}, http.StatusConflict)
	b.wants("/office/editions/hang-tuan-1?done=approve", "lan@example.org, duyệt", "Đã duyệt")
	b.post(digestPath+"/next", url.Values{"version": {"2"}, "edition": {"hang-tuan-1"}, "greeting": {"Muộn"}}, http.StatusConflict)
	o.Skew.Add(int64(time.Minute))
	b.post(digestPath+"/send", url.Values{}, http.StatusConflict) // there is no news
}

// A special edition is planned, tests are sent, and an edition is sent now.
func TestSpecialTestAndSend(t *testing.T) {
	o := newTestOffice(t)
	o.AddContacts(3)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	b := o.signedIn(lan)
	at := o.Now().In(o.Site.Location).AddDate(0, 0, 3).Format("2006-01-02T15:04")
	special := url.Values{"at": {at}, "pin": {"a"}, "greeting": {"Chúc mừng"}}
	b.post(digestPath+"/special", url.Values{"at": {at}}, http.StatusUnprocessableEntity)
	b.post(digestPath+"/special", url.Values{"at": {"mai"}, "pin": {"a"}}, http.StatusUnprocessableEntity)
	b.post(digestPath+"/special", url.Values{"at": {"2020-01-01T07:00"}, "pin": {"a"}}, http.StatusUnprocessableEntity)
	b.post(digestPath+"/special", special, http.StatusSeeOther)
	b.post(digestPath+"/special", special, http.StatusConflict)
	b.wants(digestPath, "đã hẹn giờ", "/office/editions/hang-tuan-1")

	b.post(digestPath+"/test", url.Values{"to": {"tests"}}, http.StatusSeeOther)
	b.post(digestPath+"/test", url.Values{"to": {""}}, http.StatusSeeOther)
	b.post(digestPath+"/test", url.Values{"to": {"không phải"}}, http.StatusUnprocessableEntity)
	if !cmp.Equal(o.tests, []string{"thu@example.org", "lan@example.org"}) {
		t.Error(o.tests)
	}
	o.AddBulletin("b", "Cần Thơ trao học bổng", "can-tho")
	now := url.Values{"form": {"y"}}
	b.post(digestPath+"/send", now, http.StatusSeeOther)
	b.post(digestPath+"/send", now, http.StatusSeeOther)
	if list, err := o.DB.Editions().List(t.Context(), "hang-tuan", 9); len(list) != 2 || err != nil {
		t.Errorf("%d editions, %v", len(list), err)
	}
}

// TestComposeInBrowser composes and approves a draft in Chromium, on a phone and on a desk,
// with scripts and without.
func TestComposeInBrowser(t *testing.T) {
	o := newTestOffice(t)
	o.wantsApproval()
	o.AddContacts(3)
	ctx, console := pagetest.Browse(t)
	o.signedIn(lan).signIn(t, ctx)
	n := 0
	for _, v := range []pagetest.View{{Width: 360, Scheme: "light"}, {Width: 1280, Scheme: "dark"}} {
		for _, scripts := range []bool{true, false} {
			n++
			id := bantin.EditionID("hang-tuan", n)
			o.AddBulletin("tin-"+id, "Phú Thọ tổng kết "+id, "phu-tho")
			o.Skew.Add(int64(time.Minute))
			allowScripts(t, ctx, scripts)
			click := func(selector, wantPath string) {
				t.Helper()
				res, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
				if err != nil || res.Status != 200 || !strings.HasPrefix(strings.TrimPrefix(res.URL, o.server.URL), wantPath) {
					t.Fatalf("%s at %d: %+v, %v", selector, v.Width, res, err)
				}
			}
			if _, err := o.editor.Make(t.Context(), &o.editor.Digests[0].Digest, o.Now().Truncate(time.Second)); err != nil {
				t.Fatal(err)
			}
			v.Open(t, ctx, o.server.URL+digestPath)
			if err := chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS("#greeting"), "Kính gửi anh chị")); err != nil {
				t.Fatal(err)
			}
			click(`form[action$="/next"] button[type="submit"]`, digestPath+"?done=compose")
			click(`form[action$="/approve"] button`, "/office/editions/"+id+"?done=approve")
			e, err := o.DB.Editions().Get(t.Context(), id)
			if err != nil || e.Status != bantin.EditionOpen || e.Composed == nil || e.Composed.Greeting != "Kính gửi anh chị" {
				t.Errorf("at %d: %+v, %v", v.Width, e, err)
			}
		}
	}
	for _, line := range console.Lines() {
		t.Errorf("the console says: %s", line)
	}
}
