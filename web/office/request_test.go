//go:build unix

package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin/store"
)

// A request about personal data is written down once, stands on Today as its time runs out,
// leads to what answers it, and is answered once.
func TestRequests(t *testing.T) {
	o := newTestOffice(t)
	o.AddContactsOf(2, "son-la")
	b := o.signedIn(lan)
	b.wants("/office/contacts", `href="/office/requests"`)
	b.wants(o.personOf("c0@example.org"), `href="/office/requests?email=c0%40example.org#email"`)
	b.wants("/office/requests?email=c0@example.org", "Không có yêu cầu nào chờ", `value="c0@example.org"`, "72 giờ")
	add := func(form url.Values) { t.Helper(); b.post("/office/requests/add", form, http.StatusSeeOther) }
	form := url.Values{"form": {"một"}, "email": {"C0@example.org"}, "kind": {"access"}, "note": {"thư <tay>"}}
	add(form)
	add(form) // a second click
	add(url.Values{"email": {"ai@example.org"}, "kind": {"erase"}})
	add(url.Values{"email": {"c1@example.org"}, "kind": {"correct"}, "due": {o.Now().AddDate(0, 0, 30).Format(time.RFC3339)}})
	body := b.wants("/office/requests", "C0@example.org</b> xin xem dữ liệu về mình: thư &lt;tay&gt;", "sau 2 ngày", o.personOf("c0@example.org")+"/data", o.personOf("c1@example.org")+"#correct", "Không có người nhận nào có địa chỉ này")
	if n := strings.Count(body, "/done\""); n != 3 {
		t.Errorf("%d requests are open, want 3", n)
	}
	for _, wrong := range []url.Values{{"email": {"ai"}, "kind": {"erase"}}, {"email": {"ai@example.org"}, "kind": {"quên"}}, {"email": {"ai@example.org"}, "kind": {"erase"}, "due": {"mai"}},
		{"email": {"ai@example.org"}, "kind": {"erase"}, "arrived": {"2999-01-01"}}, {"email": {"ai@example.org"}, "kind": {"erase"}, "due": {"2001-01-01"}}} {
		b.post("/office/requests/add", wrong, http.StatusUnprocessableEntity)
	}

	if body := b.get("/office", http.StatusOK); strings.Contains(body, "/office/requests") {
		t.Errorf("Today presses three days before the end:\n%s", body)
	}
	o.Skew.Add(int64(25 * time.Hour))
	b.wants("/office", "C0@example.org xin xem dữ liệu về mình", "Hạn trả lời:")
	if body := b.get("/office", http.StatusOK); strings.Contains(body, "c1@example.org") {
		t.Errorf("Today presses 29 days before the end:\n%s", body)
	}
	o.Skew.Add(int64(48 * time.Hour))
	b.wants("/office?lang=en", "It is overdue")
	b.wants("/office/requests?lang=vi", "đã quá hạn")

	data := o.personOf("c0@example.org") + "/data"
	b.get(data, http.StatusForbidden) // the sign-in is old
	b = o.signedIn(lan)
	res, body := b.ask(http.MethodGet, data, nil)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `"email": "c0@example.org"`) || res.Header.Get("Content-Disposition") != `attachment; filename="bantin.json"` {
		t.Errorf("the data: %d %v %s", res.StatusCode, res.Header, body)
	}
	b.get(o.personOf("c0@example.org")+"/khac", http.StatusNotFound)
	b.post("/office/requests/1/done", url.Values{"answer": {"đã gửi"}}, http.StatusSeeOther)
	b.post("/office/requests/1/done", url.Values{}, http.StatusConflict)
	b.post("/office/requests/99/done", url.Values{}, http.StatusNotFound)
	b.post("/office/requests/a/done", url.Values{}, http.StatusNotFound)
	b.wants("/office/requests", "lan@example.org: đã gửi")
	b.post(o.personOf("c0@example.org")+"/erase", url.Values{}, http.StatusSeeOther)
	if body := b.get("/office/requests", http.StatusOK); strings.Contains(strings.ToLower(body), "c0@example.org") || !strings.Contains(body, "(đã xóa)") {
		t.Errorf("after an erasure:\n%s", body)
	}
	for _, line := range o.audit() {
		if strings.Contains(strings.ToLower(line), "c0@") {
			t.Errorf("the audit log keeps the address: %s", line)
		}
	}

	program := &browser{o: o}
	for hash, mayWrite := range map[string]bool{"doc": false, "ghi": true} {
		if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken(hash), Name: hash, MayWrite: mayWrite, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
			t.Fatal(err)
		}
	}
	as := func(token string) []string {
		return []string{"Authorization", "Bearer " + token, "Accept", "application/json"}
	}
	if res, body := program.ask(http.MethodGet, "/office/requests", nil, as("doc")...); res.StatusCode != http.StatusOK || strings.Count(body, "\n") != 3 || !strings.HasPrefix(body, `{"id":2,"kind":"erase","email":"ai@example.org","arrived":"`) {
		t.Errorf("JSON: %d %s", res.StatusCode, body)
	}
	for path, want := range map[string]int{"/office/requests/2/done": http.StatusForbidden, "/office/requests/add": http.StatusForbidden} {
		if res, _ := program.ask(http.MethodPost, path, url.Values{}, as("doc")...); res.StatusCode != want {
			t.Errorf("a read-only token: %d at %s", res.StatusCode, path)
		}
	}
	if res, _ := program.ask(http.MethodGet, o.personOf("c1@example.org")+"/data", nil, as("ghi")...); res.StatusCode != http.StatusForbidden {
		t.Errorf("a token gets the data: %d", res.StatusCode)
	}
}
