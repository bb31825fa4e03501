//go:build unix

package office

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// officeChange is a route by which somebody changes something, and the entry that it leaves
// in the audit log.
type officeChange struct {
	route  string
	at     string // what stands for the parameters of the route; "": it has none
	form   url.Values
	what   bantin.ActionKind
	object string // "*": any, but one
}

// officeChanges stand in an order in which each of them has something to do. Of the edition
// hang-tuan-1 one message failed; hang-tuan-2 is a draft, once it is sent.
func officeChanges(o *testOffice) []officeChange {
	in3Days := o.Now().In(o.Site.Location).AddDate(0, 0, 3).Format("2006-01-02T15:04")
	return []officeChange{
		{"POST /office/editions/{id}/retry", "hang-tuan-1", nil, bantin.ActionRetry, "hang-tuan-1"},
		{"POST /office/editions/{id}/pause", "hang-tuan-1", nil, bantin.ActionPause, "hang-tuan-1"},
		{"POST /office/editions/{id}/resume", "hang-tuan-1", nil, bantin.ActionResume, "hang-tuan-1"},
		{"POST /office/editions/{id}/resend", "hang-tuan-1", url.Values{"contact": {"c3@example.org"}}, bantin.ActionResend, "hang-tuan-1"},
		{"POST /office/editions/{id}/cancel", "hang-tuan-1", nil, bantin.ActionCancel, "hang-tuan-1"},

		{"POST /office/bulletins/{id}/hold", "b", nil, bantin.ActionHold, "b"},
		{"POST /office/bulletins/{id}/release", "b", nil, bantin.ActionRelease, "b"},
		{"POST /office/bulletins/{id}/correct", "b", url.Values{"title": {"Cần Thơ trao 200 học bổng"}}, bantin.ActionCorrect, "b"},
		{"POST /office/bulletins/{id}/merge", "b", url.Values{"other": {"c"}}, bantin.ActionMerge, "b"},
		{"POST /office/bulletins/{id}/renew", "b", nil, bantin.ActionRenew, "b"},
		{"POST /office/bulletins/add", "", url.Values{"title": {"Sơn La tổng kết"}, "text": {"Hội Khuyến học tỉnh Sơn La đã họp và trao học bổng."}}, bantin.ActionAdd, "*"},

		{"POST /office/digests/{id}/next", "hang-tuan", url.Values{"subject": {"Thư tháng Mười một"}}, bantin.ActionCompose, "hang-tuan"},
		{"POST /office/digests/{id}/file", "hang-tuan", url.Values{"remove": {"1"}}, bantin.ActionCompose, "hang-tuan"},
		{"POST /office/digests/{id}/special", "hang-tuan", url.Values{"at": {in3Days}, "pin": {"b"}}, bantin.ActionSpecial, "hang-tuan"},
		{"POST /office/digests/{id}/test", "hang-tuan", url.Values{"to": {"thu@example.org"}}, bantin.ActionTestMail, "hang-tuan"},
		{"POST /office/digests/{id}/send", "hang-tuan", nil, bantin.ActionSend, "hang-tuan"},
		{"POST /office/editions/{id}/approve", "DRAFT", nil, bantin.ActionApprove, "DRAFT"},
		{"POST /office/bulletins/{id}/withdraw", "b", nil, bantin.ActionWithdraw, "b"},

		{"POST /office/contacts/import/{token}", "UPLOAD", nil, bantin.ActionImport, "danh-sach.csv"},
		{"POST /office/contacts/undo", "", nil, bantin.ActionUndoImport, "danh-sach.csv"},
		{"POST /office/contacts/add", "", url.Values{"email": {"mai@example.org"}}, bantin.ActionKind(bantin.AuditAdded), "mai@example.org"},
		{"POST /office/returns/remove", "", url.Values{"email": {"c5@example.org"}}, actionUnsuppress, "c5@example.org"},
		{"POST /office/returns/undo", "", url.Values{"since": {"2020-01-01"}, "domain": {"gmail.com"}}, actionUnsuppressMany, "gmail.com"},
		{"GET /office/contacts/export", "", nil, bantin.ActionExport, ""},
		{"POST /office/contacts/{key}/{erase}", "CONTACT", nil, bantin.ActionErase, "*"}, // the address is not kept

		{"POST /office/sources/{id}/collect", "van-phong", nil, bantin.ActionCollect, "van-phong"},

		{"POST /office/requests/add", "", url.Values{"email": {"c4@example.org"}, "kind": {"erase"}}, bantin.ActionRequest, "c4@example.org"},
		{"POST /office/requests/{id}/done", "REQUEST", nil, bantin.ActionAnswered, "*"},

		{"POST /office/sign-in/{token}", "LINK", nil, bantin.ActionSignIn, ""},
		{"POST /office/sign-out", "", nil, bantin.ActionSignOut, ""},
	}
}

// officeChangesNothing are the other routes that take forms.
var officeChangesNothing = []string{
	"POST /office/sign-in",         // mails a link, to nobody but who is listed
	"POST /office/contacts/import", // a dry run
	"POST /office/",                // there is no such page
}

// Each route that changes something leaves an entry in the audit log: who, by which way,
// when, what, on which object; whether a person does it or a program with a token. A new
// route that takes forms belongs into one of the two lists above.
func TestEveryChangeIsRecorded(t *testing.T) {
	for _, via := range []bantin.ActionVia{bantin.ViaOffice, bantin.ViaToken} {
		t.Run(string(via), func(t *testing.T) {
			o := newTestOffice(t)
			o.changeable()
			b, who, header := o.signedIn(lan), "lan@example.org", []string(nil)
			if via == bantin.ViaToken {
				b, who, header = &browser{o: o}, "ghi", []string{"Authorization", "Bearer ma", "Accept", "application/json"}
			}
			for _, c := range officeChanges(o) {
				if via == bantin.ViaToken && slices.Contains(forPeopleOnly, c.route) {
					continue
				}
				at := o.standIn(c.at)
				began, before := o.Now().Add(-time.Second), o.entries(c.what)
				method, path, _ := strings.Cut(o.routeAt(c.route, at), " ")
				form := c.form
				if form == nil && method == http.MethodPost {
					form = url.Values{"version": {"1"}} // of the draft; nobody else asks for it
				}
				res, body := b.ask(method, path, form, header...)
				after := o.entries(c.what)
				if len(after) != len(before)+1 {
					t.Errorf("%s left %d entries (%d: %s)", c.route, len(after)-len(before), res.StatusCode, body)
					continue
				}
				got, object := after[len(before)], c.object
				if object == c.at {
					object = at
				}
				if got.Who != who || got.Via != via || got.Time.Before(began) || got.Time.After(o.Now()) || strings.HasPrefix(got.Note, "refused") || res.StatusCode >= 400 {
					t.Errorf("%s: %+v (%d: %s)", c.route, got, res.StatusCode, body)
				}
				if object == "*" && got.Object == "" || object != "*" && got.Object != object {
					t.Errorf("%s: about %q, want %q", c.route, got.Object, object)
				}
			}
		})
	}
}

// What a database does not take is in the log at least: which action was refused.
func TestRefusalThatCannotBeRecorded(t *testing.T) {
	o := newTestOffice(t)
	o.options.Collect = func(context.Context, string) error {
		return errors.Join(errors.New("mạng không thông"), o.DB.Close())
	}
	server := httptest.NewServer(New(o.options))
	t.Cleanup(server.Close)
	b := o.signedIn(lan)
	o.server = server
	b.ask(http.MethodPost, "/office/sources/van-phong/collect", url.Values{})
	if !strings.Contains(o.log.String(), `msg="refusal of an action cannot be written to the audit log" action=collect`) {
		t.Errorf("logged %s", o.log)
	}
}

func TestEveryRouteIsListed(t *testing.T) {
	routes, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	known := slices.Clone(officeChangesNothing)
	for _, c := range officeChanges(newTestOffice(t)) {
		known = append(known, c.route)
	}
	for _, route := range regexp.MustCompile(`mux\.Handle\("(POST [^"]+)"`).FindAllStringSubmatch(string(routes), -1) {
		if !slices.Contains(known, route[1]) {
			t.Errorf("%s: say in officeChanges what entry it leaves, or that it changes nothing", route[1])
		}
	}
}

// changeable has something for each change.
func (o *testOffice) changeable() {
	t := o.T
	t.Helper()
	o.sentEdition()
	o.wantsApproval()
	o.AddBulletin("b", "Cần Thơ trao học bổng", "can-tho")
	o.AddBulletin("c", "Cần Thơ: trao học bổng", "can-tho")
	if _, err := o.DB.Suppressions().Add(t.Context(), "c5@example.org", "user-unknown", o.Now()); err != nil {
		t.Fatal(err)
	}
	if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken("ma"), Name: "ghi", MayWrite: true, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
		t.Fatal(err)
	}
	o.Skew.Add(int64(time.Minute)) // the next edition is of another time
}

// standIn gives what a name of officeChanges stands for.
func (o *testOffice) standIn(name string) string {
	t := o.T
	t.Helper()
	switch name {
	case "DRAFT":
		e, ok, err := o.DB.Editions().Draft(t.Context(), o.Digest.ID)
		if err != nil || !ok {
			t.Fatalf("there is no draft: %v", err)
		}
		return e.ID
	case "UPLOAD":
		path := o.triedImport(o.signedIn(lan))
		return path[strings.LastIndexByte(path, '/')+1:]
	case "CONTACT":
		path := o.personOf("c9@example.org")
		return path[strings.LastIndexByte(path, '/')+1:] + "/erase"
	case "REQUEST":
		list, err := o.DB.DataRequests().Open(t.Context())
		if err != nil || len(list) == 0 {
			t.Fatalf("there is no request: %v", err)
		}
		return strconv.FormatInt(list[0].ID, 10)
	case "LINK":
		nonce, expires := NewNonce(), o.Now().Add(LinkTTL)
		if err := o.DB.Office().NewLink(t.Context(), lan, nonce, expires, "root"); err != nil {
			t.Fatal(err)
		}
		token, err := o.Tokens.LinkToken(mailer.PurposeSignIn, nonce, expires)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	return name
}

// routeAt puts a value in the place of the parameters of a route.
func (o *testOffice) routeAt(route, value string) string {
	if strings.HasSuffix(route, "{key}/{erase}") {
		return strings.Replace(route, "{key}/{erase}", value, 1)
	}
	return regexp.MustCompile(`\{\w+\}`).ReplaceAllLiteralString(route, value)
}

// entries are those of one kind, the oldest first.
func (o *testOffice) entries(what bantin.ActionKind) (list []bantin.Action) {
	o.T.Helper()
	err := o.DB.Actions().Since(o.T.Context(), time.Time{}, func(a bantin.Action) error {
		if a.What == what {
			list = append(list, a)
		}
		return nil
	})
	if err != nil {
		o.T.Fatal(err)
	}
	return list
}
