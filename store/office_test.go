package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// A link signs in once, for whom it is, while it lasts; asked again, the same link is
// mailed. Of somebody who is not listed as much is stored, and no mail is sent.
func TestSignIn(t *testing.T) { eachDatabase(t, testSignIn) }

func testSignIn(t *testing.T, db *DB, clock *clock) {
	ctx, people := t.Context(), []string{"Lan@example.org"}
	network := RequestLimit{"mạng", 100, time.Hour}
	n := 0
	ask := func(address string, listed bool) error {
		n++
		return db.Office().RequestSignIn(ctx, SignInRequest{Address: address, IsListed: listed, Stranger: "băm của " + address, Nonce: fmt.Sprintf("%032d", n),
			Mail: fmt.Sprintf("thư %d", n), Expires: clock.t.Add(15 * time.Minute), Language: "vi"}, network, RequestLimit{"địa chỉ " + address, 3, time.Hour})
	}
	for range 5 {
		fine(t, ask("Lan@example.org", true))
		fine(t, ask("ai@example.org", false))
	}
	var mails []string
	for {
		notice, ok, err := db.Notices().Claim(ctx, "n", time.Minute)
		fine(t, err)
		if !ok {
			break
		}
		mails = append(mails, notice.Address+" "+notice.About.Link)
	}
	same := "Lan@example.org " + fmt.Sprintf("%032d", 1)
	if diff := cmp.Diff([]string{same, same, same}, mails); diff != "" {
		t.Errorf("mails (-want +got)\n%s", diff)
	}
	link := fmt.Sprintf("%032d", 1)
	s := OfficeSession{Hash: "băm", Language: "vi", Expires: clock.t.Add(time.Hour)}
	signIn := func(nonce string, people []string) error {
		_, err := db.Office().SignIn(ctx, nonce, s, people)
		return err
	}
	for what, err := range map[string]error{
		"a stranger's link":        signIn(fmt.Sprintf("%032d", 2), people),
		"no longer on the list":    signIn(link, []string{"hoa@example.org"}),
		"a link that is not there": signIn("x", people),
	} {
		if !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	got, err := db.Office().SignIn(ctx, link, s, people)
	if err != nil || got.Who != "lan@example.org" {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := signIn(link, people); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	fine(t, ask("Lan@example.org", true)) // beyond the limit: nothing happens
	clock.t = clock.t.Add(2 * time.Hour)
	if _, err := db.Office().Session(ctx, "băm"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("an old session: %v", err)
	}
	fine(t, ask("Lan@example.org", true))
	clock.t = clock.t.Add(15 * time.Minute)
	if open, err := db.Office().LinkIsOpen(ctx, fmt.Sprintf("%032d", n)); open || err != nil {
		t.Errorf("an old link is open: %v, %v", open, err)
	}
}

// Removal from the list ends a session, and being listed again does not bring it back.
func TestEndUnlisted(t *testing.T) { eachDatabase(t, testEndUnlisted) }

func testEndUnlisted(t *testing.T, db *DB, clock *clock) {
	ctx, people := t.Context(), []string{"lan@example.org", "hoa@example.org"}
	for _, who := range people {
		fine(t, db.Office().NewLink(ctx, who, "liên kết "+who, clock.t.Add(time.Hour), "root"))
		_, err := db.Office().SignIn(ctx, "liên kết "+who, OfficeSession{Hash: who, Expires: clock.t.Add(time.Hour)}, people)
		fine(t, err)
		fine(t, db.Office().NewLink(ctx, who, "khác "+who, clock.t.Add(time.Hour), "root"))
	}
	if ended, err := db.Office().EndUnlisted(ctx, []string{"HOA@example.org"}); ended != 1 || err != nil {
		t.Errorf("%d sessions ended, %v", ended, err)
	}
	if _, err := db.Office().Session(ctx, "hoa@example.org"); err != nil {
		t.Error(err)
	}
	if _, err := db.Office().Session(ctx, "lan@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("who is not listed: %v", err)
	}
	if _, err := db.Office().SignIn(ctx, "khác lan@example.org", OfficeSession{Hash: "x", Expires: clock.t.Add(time.Hour)}, people); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("a link from before: %v", err)
	}
	want := []string{"root sign_in_link lan@example.org", "lan@example.org sign_in ", "root sign_in_link lan@example.org",
		"root sign_in_link hoa@example.org", "hoa@example.org sign_in ", "root sign_in_link hoa@example.org", "lan@example.org session_end lan@example.org"}
	var got []string
	fine(t, db.Actions().Since(ctx, time.Time{}, func(a bantin.Action) error {
		got = append(got, a.Who+" "+string(a.What)+" "+a.Object)
		return nil
	}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit log (-want +got)\n%s", diff)
	}
}

// A form does what it asks for once; one whose action was refused may ask again. The log
// has what the office did to contacts, too.
func TestActions(t *testing.T) { eachDatabase(t, testActions) }

func testActions(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	begin := func(form string, want bool) int64 {
		t.Helper()
		n, first, err := db.Actions().Begin(ctx, bantin.Action{Who: "lan@example.org", Via: bantin.ViaOffice, What: bantin.ActionPause, Object: "hang-tuan-1"}, form)
		if err != nil || first != want {
			t.Fatalf("form %q: first %v, %v", form, first, err)
		}
		return n
	}
	n := begin("a", true)
	begin("a", false)
	fine(t, db.Actions().Refuse(ctx, n, "it is done"))
	begin("a", true)
	begin("", true)
	begin("", true)
	importAll(t, db, "mới.csv", []bantin.Contact{{Email: "moi@example.org"}})
	log := map[string]int{}
	fine(t, db.Actions().Since(ctx, clock.t, func(a bantin.Action) error {
		log[string(a.Via)+" "+string(a.What)+" "+a.Object+" "+a.Note]++
		return nil
	}))
	want := map[string]int{"office pause hang-tuan-1 refused: it is done": 1, "office pause hang-tuan-1 ": 3, "command import mới.csv ": 1}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("audit log (-want +got)\n%s", diff)
	}
	last, err := db.Actions().Last(ctx, clock.t, 2)
	if err != nil || len(last) != 2 || last[1].What != bantin.ActionImport || last[0].Object != "hang-tuan-1" {
		t.Errorf("the last entries: %+v, %v", last, err)
	}
	of, err := db.Actions().Of(ctx, "hang-tuan-1")
	if err != nil || len(of) != 4 {
		t.Errorf("%d entries of the edition, %v", len(of), err)
	}
}
