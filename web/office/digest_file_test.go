//go:build unix

package office

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"bantin"
)

// A file that the next edition links to is stored by what it is, shown to the office alone,
// part of the version that is approved, and stays when the rest is composed anew.
func TestLinkFile(t *testing.T) {
	o := newTestOffice(t)
	o.AddContacts(3)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.wantsApproval()
	b := o.signedIn(lan)
	pdf := []byte("%PDF-1.7 kế hoạch")
	b.get(digestPath+"/file", http.StatusNotFound)
	if res, body := b.upload(digestPath+"/file", "../Kế hoạch <2027>.pdf", pdf); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	f := o.composed().File
	if f == nil || f.Name != "Kế hoạch <2027>.pdf" || f.Type != "application/pdf" || f.Size != int64(len(pdf)) {
		t.Fatalf("composed: %+v", f)
	}
	b.wants(digestPath, "Kế hoạch &lt;2027&gt;.pdf", `enctype="multipart/form-data"`)
	b.wants(digestPath+"?view=text", "http://127.0.0.1/editions/hang-tuan-9/file")
	b.wants(digestPath+"/preview", "Kế hoạch &lt;2027&gt;.pdf</a>", "/editions/hang-tuan-9/file")
	res, body := b.ask(http.MethodGet, digestPath+"/file", nil)
	if body != string(pdf) || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "inline;") || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("%q %v", body, res.Header)
	}
	if res, _ := (&browser{o: o}).ask(http.MethodGet, digestPath+"/file", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a stranger gets %d", res.StatusCode)
	}
	for name, data := range map[string][]byte{"trang.pdf": []byte("<html><script>alert(1)</script>"), "a.exe": []byte("MZ"), "a.html": []byte("<p>")} {
		if res, _ := b.upload(digestPath+"/file", name, data); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if res, _ := b.upload(digestPath+"/file", "to.pdf", bytes.Repeat([]byte("%PDF-1.7 "), maxUpload/9+1)); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a file of over 20 MB: %d", res.StatusCode)
	}
	b.post(digestPath+"/file", url.Values{}, http.StatusUnprocessableEntity)

	version := o.composed().Version
	b.post(digestPath+"/next", url.Values{"version": {strconv.Itoa(version)}, "greeting": {"Kính gửi anh chị"}}, http.StatusSeeOther)
	if now := o.composed(); now.File == nil || *now.File != *f || now.Greeting == "" {
		t.Errorf("after the greeting was written: %+v", now)
	}
	b.post(digestPath+"/file", url.Values{"remove": {"1"}, "version": {strconv.Itoa(version)}}, http.StatusConflict) // somebody wrote meanwhile
	b.post(digestPath+"/file", url.Values{"remove": {"1"}, "version": {"x"}}, http.StatusBadRequest)

	b.post(digestPath+"/send", url.Values{}, http.StatusSeeOther)
	draft := o.composed()
	if draft.Edition == "" || draft.File == nil {
		t.Fatalf("the draft: %+v", draft)
	}
	b.post(digestPath+"/file", url.Values{"remove": {"1"}}, http.StatusSeeOther)
	if now := o.composed(); now.File != nil || now.Version != draft.Version+1 || now.Greeting == "" {
		t.Errorf("after it was removed: %+v", now)
	}
	b.post("/office/editions/"+draft.Edition+"/approve", url.Values{"version": {strconv.Itoa(draft.Version)}}, http.StatusConflict)
	if list := o.audit(); !strings.Contains(strings.Join(list, "\n"), "compose hang-tuan") {
		t.Errorf("audit log: %q", list)
	}
}

// A special edition may link to a file. What it says is previewed on its own page, and its
// file opens for the office alone until it is sent; the next edition has neither.
func TestSpecialWithFile(t *testing.T) {
	o := newTestOffice(t)
	o.wantsApproval()
	o.AddContacts(3)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddBulletin("b", "Huế mở lớp", "hue")
	b, pdf := o.signedIn(lan), []byte("%PDF-1.7 thư chúc mừng")
	at := func(days int) string {
		return o.Now().In(o.Site.Location).AddDate(0, 0, days).Format("2006-01-02T15:04")
	}
	b.wants(digestPath, `action="/office/digests/hang-tuan/special" method="post" enctype="multipart/form-data"`, `id="special-file"`, `id="special-greeting-en"`)
	form := url.Values{"at": {at(3)}, "pin": {"a", "b"}, "greeting": {"Chúc mừng các thầy cô"}, "greeting_en": {"Congratulations"}, "subject": {"Ngày Nhà giáo"}, "form": {"một"}}
	if res, body := b.uploadWith(form, digestPath+"/special", "trang.pdf", []byte("<html>")); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a page as a PDF: %d %s", res.StatusCode, body)
	}
	for range 2 { // a double click
		if res, body := b.uploadWith(form, digestPath+"/special", "Thư <mừng>.pdf", pdf); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	list, err := o.DB.Editions().Awaited(t.Context(), "hang-tuan")
	if err != nil || len(list) != 1 || list[0].Status != bantin.EditionDraft || len(list[0].Bulletins) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	path := "/office/editions/" + list[0].ID
	b.wants(path, "Thư &lt;mừng&gt;.pdf", `href="`+path+`/file"`, `sandbox="" src="`+path+`/preview`, "<h2>Ngày Nhà giáo</h2>", `action="`+path+`/approve"`)
	if body := b.get(path, http.StatusOK); strings.Contains(body, `href="/office/digests/hang-tuan"`) {
		t.Error("its page sends people to that of the next edition")
	}
	b.wants(path+"?view=text", "Chúc mừng các thầy cô", "Huế mở lớp", "/editions/"+list[0].ID+"/file")
	b.wants(path+"/preview", "Chúc mừng các thầy cô", "Thư &lt;mừng&gt;.pdf</a>")
	if res, body := b.ask(http.MethodGet, path+"/file", nil); body != string(pdf) || res.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("%q %v", body, res.Header)
	}
	for _, part := range []string{"/file", "/preview"} {
		if res, _ := (&browser{o: o}).ask(http.MethodGet, path+part, nil); res.StatusCode != http.StatusSeeOther {
			t.Errorf("a stranger gets %s: %d", part, res.StatusCode)
		}
	}
	if now := o.composed(); !now.IsEmpty() {
		t.Errorf("the next edition has %+v", now.Composition)
	}

	// Without a file chosen, and the page of an edition that does not wait.
	form.Set("at", at(4))
	form.Set("form", "hai")
	if res, body := b.uploadWith(form, digestPath+"/special", "", nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	b.get("/office/editions/hang-tuan-2/file", http.StatusNotFound)
	b.post("/office/editions/hang-tuan-2/cancel", url.Values{}, http.StatusSeeOther)
	b.get("/office/editions/hang-tuan-2/preview", http.StatusNotFound)
	b.post(path+"/cancel", url.Values{}, http.StatusSeeOther)
	b.get(path+"/file", http.StatusNotFound)
}
