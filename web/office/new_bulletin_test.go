//go:build unix

package office

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/publish/collect"
	"bantin/source"
)

// addBulletin reads files as the program does.
func (o *testOffice) addBulletin(ctx context.Context, n NewBulletin) (b bantin.Bulletin, err error) {
	folder, err := source.Open(source.Spec{ID: collect.UploadSource, Kind: "folder", Path: filepath.Dir(n.File), Rest: time.Millisecond, Location: o.Site.Location, Now: o.Now})
	if err != nil {
		return b, err
	}
	c := &collect.Collector{DB: o.DB, Log: o.Log(), Now: o.Now, Atlas: o.Atlas}
	if n.Preview {
		b, err = c.ReadUploaded(ctx, folder)
	} else {
		b, err = c.AddUploaded(ctx, folder, n.Hold)
	}
	if problem := (*source.Problem)(nil); errors.As(err, &problem) {
		return b, &UnreadableError{Words: problem.Words}
	}
	if errors.Is(err, bantin.ErrNotFound) {
		return b, &UnreadableError{Words: bantin.Words{VI: "không phải loại tệp nhận được", EN: "of no kind"}}
	}
	return b, err
}

// An office without a shared folder publishes: what is typed is shown before, a file is
// held until it is released, and the same file again revises its bulletin.
func TestNewBulletin(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	b.wants("/office/bulletins", `href="/office/bulletins/add"`)
	b.wants("/office/bulletins/add", "Viết ở đây", `name="file"`)
	typed := url.Values{"form": {"một"}, "title": {`Sơn La: "tổng kết" <năm học>`}, "places": {"Sơn La"}, "date": {"2026-11-20"}, "text": {"Hội Khuyến học tỉnh đã họp.\r\n\r\nCác <script>alert(1)</script> cấp hội **tổng kết** và trao học bổng."}}
	typed.Set("preview", "1")
	page := b.post("/office/bulletins/add", typed, http.StatusOK)
	for _, want := range []string{"Xem trước", "<strong>tổng kết</strong>", `<p class="lead">Hội Khuyến học tỉnh đã họp.`, "&#34;tổng kết&#34; &lt;năm học&gt;", "2026-11-20"} {
		if !strings.Contains(page, want) {
			t.Errorf("the preview has no %q: %s", want, page)
		}
	}
	if _, body, _ := strings.Cut(page, "Xem trước"); strings.Contains(strings.Split(body, "<textarea")[0], "<script>") {
		t.Errorf("a script of the text: %s", body)
	}
	typed.Del("preview")
	to := o.location(b, "/office/bulletins/add", typed)
	b.wants(to, "Đã nhận tin này", "Bạn đọc thấy tin này", "Sơn La", "office-pages tin-son-la-tong-ket-nam-hoc-", "lan@example.org")
	if again := o.location(b, "/office/bulletins/add", typed); again != "/office/bulletins?done=add" {
		t.Errorf("a second click leads to %s", again)
	}
	b.post("/office/bulletins/add", url.Values{"title": {"Không có nội dung"}}, http.StatusUnprocessableEntity)
	wrong := b.post("/office/bulletins/add", url.Values{"title": {"Tin"}, "text": {"Nội dung đã viết"}, "places": {"Atlantis"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(wrong, "Atlantis") || !strings.Contains(wrong, "Nội dung đã viết") {
		t.Errorf("what was typed is lost: %s", wrong)
	}

	file := func(text string) string {
		res, body := b.upload("/office/bulletins/add", "hoc-bong.md", []byte("# Phú Thọ trao học bổng\n\n"+text))
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		return strings.TrimSuffix(res.Header.Get("Location"), "?done=add")
	}
	first := file("Hội Khuyến học tỉnh Phú Thọ đã trao 100 suất học bổng cho học sinh nghèo.\n")
	b.wants(first, "Phú Thọ trao học bổng", "100 suất")
	if second := file("Hội Khuyến học tỉnh Phú Thọ đã trao 120 suất học bổng cho học sinh nghèo.\n"); second != first {
		t.Errorf("the same file is %s, then %s", first, second)
	}
	b.wants(first, "120 suất")
	for name, says := range map[string]string{"anh.exe": ""} {
		if res, body := b.upload("/office/bulletins/add", name, []byte("MZ")); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, says) {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}

	o.AddBulletin("b", "Lai Châu khai giảng", "lai-chau")
	o.AddBulletin("c", "Lai Châu: lễ khai giảng", "lai-chau")
	b.post("/office/bulletins/b/merge", url.Values{"other": {"khong-co"}}, http.StatusUnprocessableEntity)
	b.post("/office/bulletins/b/merge", url.Values{"other": {"b"}}, http.StatusUnprocessableEntity)
	o.location(b, "/office/bulletins/b/merge", url.Values{"other": {"https://bantin.example.org/bulletins/c?x=1"}})
	if res, _ := b.ask(http.MethodGet, "/office/bulletins/c", nil); res.Header.Get("Location") != "/office/bulletins/b" {
		t.Errorf("the other one leads to %q", res.Header.Get("Location"))
	}
}

// What a form may have besides its file is bounded in each of its kinds: a plain body, long
// names, and fields without a value.
func TestFieldsAreBounded(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	post := func(kind, body string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.server.URL+"/office/bulletins/add", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		res, _ := b.send(req)
		return res.StatusCode
	}
	const kind = "multipart/form-data; boundary=x"
	field := func(name, value string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	long, end := strings.Repeat("a", maxText/128), "--x--\r\n"
	for what, c := range map[string]struct {
		kind, body string
	}{
		"a plain body":             {"application/x-www-form-urlencoded", "title=" + strings.Repeat("a", maxText)},
		"names":                    {kind, strings.Repeat(field(long, ""), 128) + end},
		"names after a value":      {kind, field("text", strings.Repeat("a", maxText-1000)) + field(long, "") + end},
		"no names and no values":   {kind, strings.Repeat(field("", ""), maxText/fieldCost+1) + end},
		"values and names of many": {kind, strings.Repeat(field(long[:len(long)/2], long[:len(long)/2]), 128) + end},
	} {
		if got := post(c.kind, c.body); got != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", what, got)
		}
	}
	if got := post(kind, field("title", "Báo cáo năm")+field("text", "Hội Khuyến học.")+end); got >= 400 {
		t.Errorf("a form as it should be: %d", got)
	}
}

// A text that is too long is refused whole: what is left of it would be published.
func TestLongTypedText(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"title": "Báo cáo năm", "text": strings.Repeat("Hội Khuyến học. ", maxText/16)} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.server.URL+"/office/bulletins/add", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	if res, page := b.send(req); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(page, "Biểu mẫu quá lớn") {
		t.Errorf("%d %s", res.StatusCode, page)
	}
	if page := b.wants("/office/bulletins", "Tin"); strings.Contains(page, "Báo cáo năm") {
		t.Error("its beginning was published")
	}
}
