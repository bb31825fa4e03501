//go:build unix

package office

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// A person of the office adds a contact, corrects them and erases them; each is done once,
// is in the audit log, and erasing asks for a fresh sign-in and leaves no address there.
func TestContactActions(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	form := url.Values{"form": {"một"}, "email": {" Mai@example.org"}, "name": {"Trần  Thị Mai"}, "place": {"Sơn La"}, "level": {"tỉnh"}, "language": {"vi"}, "tags": {"vp, bch"}}
	path := o.location(b, "/office/contacts/add", form)
	if path != o.personOf("mai@example.org")+"?done=added" {
		t.Fatalf("after adding: %s", path)
	}
	b.wants(path, "Đã thêm người này", "Trần Thị Mai", "văn phòng ghi tay", "Sơn La", "vp, bch", "lan@example.org")
	if c := o.contactAt("mai@example.org"); c.Level != bantin.LevelProvince || c.Place != "son-la" || len(c.Tags) != 2 || c.Email != "Mai@example.org" {
		t.Errorf("added: %+v", c)
	}
	o.location(b, "/office/contacts/add", form) // a second click
	o.location(b, "/office/contacts/add", url.Values{"email": {"mai@example.org"}, "place": {"phu-tho"}, "name": {""}})
	if c := o.contactAt("mai@example.org"); c.Name != "Trần Thị Mai" || c.Place != "phu-tho" {
		t.Errorf("corrected: %+v", c)
	}
	for _, wrong := range []url.Values{{"email": {"mai"}}, {"email": {"mai@example.org"}, "level": {"vua"}}, {"email": {"mai@example.org"}, "place": {"Atlantis"}}, {"email": {"mai@example.org"}, "language": {"fr"}},
		{"email": {"mai@example.org"}, "tags": {strings.Repeat("a", 2000)}}} {
		b.post("/office/contacts/add", wrong, http.StatusUnprocessableEntity)
	}
	if list := o.audit(); !slices.Equal(list, []string{"office lan@example.org added Mai@example.org", "office lan@example.org changed mai@example.org"}) {
		t.Errorf("audit log: %q", list)
	}
	page := strings.TrimSuffix(path, "?done=added")
	o.Skew.Add(int64(16 * time.Minute))
	b.post(page+"/erase", url.Values{}, http.StatusForbidden)
	if b.get("/office/contacts/export", http.StatusForbidden); o.contactAt("mai@example.org").Email == "" {
		t.Error("erased by an old sign-in")
	}
	b = o.signedIn(lan)
	b.wants(page, "Xóa hẳn")
	o.location(b, page+"/erase", url.Values{"form": {"xóa"}})
	if to := o.location(b, page+"/erase", url.Values{"form": {"xóa"}}); to != "/office/contacts?done=erase" {
		t.Errorf("a second click leads to %s", to)
	}
	b.get(page, http.StatusNotFound)
	b.post("/office/contacts/add", url.Values{"email": {"mai@example.org"}}, http.StatusConflict) // they do not come back
	b.post("/office/contacts/1-0123456789abcdef/erase", url.Values{}, http.StatusNotFound)
	for _, line := range o.audit() {
		if strings.Contains(strings.ToLower(line), "mai@") {
			t.Errorf("the audit log keeps the address: %s", line)
		}
	}
}

// All contacts as a file, for people who signed in just now alone.
func TestContactsExport(t *testing.T) {
	o := newTestOffice(t)
	o.AddContactsOf(3, "son-la")
	b := o.signedIn(lan)
	res, body := b.ask(http.MethodGet, "/office/contacts/export", nil)
	if res.StatusCode != 200 || !strings.HasPrefix(body, "\ufeffemail,name,place") || strings.Count(body, "\n") != 4 || res.Header.Get("Content-Disposition") != `attachment; filename="contacts.csv"` {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
	}
	if res, body := b.ask(http.MethodGet, "/office/contacts/export?format=xlsx", nil); res.StatusCode != 200 || !strings.HasPrefix(body, "PK") {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if list := o.audit(); len(list) != 2 || list[0] != "office lan@example.org export " {
		t.Errorf("audit log: %q", list)
	}
	if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken("ma"), Name: "ghi", MayWrite: true, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
		t.Fatal(err)
	}
	program, token := &browser{o: o}, []string{"Authorization", "Bearer ma", "Accept", "application/json"}
	if res, _ := program.ask(http.MethodGet, "/office/contacts/export", nil, token...); res.StatusCode != http.StatusForbidden {
		t.Errorf("a token exports: %d", res.StatusCode)
	}
	if res, _ := program.ask(http.MethodPost, o.personOf("c1@example.org")+"/erase", url.Values{}, token...); res.StatusCode != http.StatusForbidden {
		t.Errorf("a token erases: %d", res.StatusCode)
	}
	res, body = program.ask(http.MethodPost, "/office/contacts/add", url.Values{"email": {"c1@example.org"}, "name": {"Lê Bốn"}}, token...)
	var story ContactStory
	if err := json.Unmarshal([]byte(body), &story); err != nil || res.StatusCode != 200 || story.Name != "Lê Bốn" || story.Key == "" {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if list := o.audit(); list[len(list)-1] != "token ghi changed c1@example.org" {
		t.Errorf("audit log: %q", list)
	}
	_, body = b.ask(http.MethodGet, o.personOf("c1@example.org"), nil, "Accept", "application/json")
	if err := json.Unmarshal([]byte(body), &story); err != nil || len(story.Record) == 0 || story.Record[len(story.Record)-1].Who != "token ghi" {
		t.Errorf("%v %s", err, body)
	}
}

// location posts a form and gives where its answer leads.
func (o *testOffice) location(b *browser, path string, form url.Values) string {
	o.T.Helper()
	res, body := b.ask(http.MethodPost, path, form)
	if res.StatusCode != http.StatusSeeOther {
		o.T.Fatalf("POST %s: %d\n%s\n%s", path, res.StatusCode, body, o.log)
	}
	return res.Header.Get("Location")
}

func (o *testOffice) contactAt(address string) bantin.Contact {
	o.T.Helper()
	c, err := o.DB.Contacts().Get(o.T.Context(), address)
	if err != nil {
		o.T.Fatal(err)
	}
	return c
}

// audit is the audit log without sign-ins, an entry a line.
func (o *testOffice) audit() (list []string) {
	o.T.Helper()
	err := o.DB.Actions().Since(o.T.Context(), time.Time{}, func(a bantin.Action) error {
		if a.What != bantin.ActionSignIn && a.What != bantin.ActionLink && a.What != bantin.ActionToken {
			list = append(list, strings.TrimSuffix(string(a.Via)+" "+a.Who+" "+string(a.What)+" "+a.Object+" "+map[bool]string{true: "refused"}[strings.HasPrefix(a.Note, "refused")], " "))
		}
		return nil
	})
	if err != nil {
		o.T.Fatal(err)
	}
	return list
}
