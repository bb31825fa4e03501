//go:build unix

package office

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
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
