package delivery

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// everyNotice are the mails outside editions by their kind, those of reports by that of
// the report; other forms of a kind have more behind it.
func everyNotice(t *testing.T, o *office, s *NoticeSender, l bantin.Language) map[string]*mailer.NoticeMail {
	t.Helper()
	all := map[string]*mailer.NoticeMail{"doctor": TestMail(l, o.Site, "admin@example.org")}
	for name, n := range noticesOf(t, o, l) {
		n.Address, n.Nonce, n.Language = "lan@example.org", "0123456789abcdef0123456789abcdef", l
		m, err := s.mail(t.Context(), &n)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = m
	}
	return all
}

func noticesOf(t *testing.T, o *office, l bantin.Language) map[string]store.Notice {
	t.Helper()
	expires, titles := o.Now().Add(7*24*time.Hour), []string{"Bản tin khuyến học trong tuần", "Bản tin học bổng"}
	link := store.NoticeAbout{Expires: expires, ContactKey: contactKey, Link: "0123456789abcdef0123456789abcdef", Digest: "hang-tuan", Titles: titles}
	all := map[string]store.Notice{}
	for _, kind := range []store.NoticeKind{store.NoticeConfirm, store.NoticeLink, store.NoticeAddressChange, store.NoticeAddressChanged,
		store.NoticeGoodbye, store.NoticeHowToLeave, store.NoticeSignIn} {
		all[string(kind)] = store.Notice{Kind: kind, About: link}
	}
	all["goodbye-all"] = store.Notice{Kind: store.NoticeGoodbye, About: store.NoticeAbout{Expires: expires, ContactKey: contactKey}}
	for name, about := range welcomes(t, o) {
		all[name] = store.Notice{Kind: store.NoticeWelcome, About: about}
	}
	for name, r := range everyReport(o, l) {
		all[name] = store.Notice{Kind: store.NoticeReport, About: store.NoticeAbout{Report: &r}}
	}
	trouble := bantin.Trouble{ID: "abc", Kind: bantin.TroubleRelay, Since: o.Now().Add(-time.Hour),
		Subject: bantin.Words{VI: "Máy chủ thư smtp.example.org không nhận thư", EN: "The mail server smtp.example.org takes no mail"},
		What:    bantin.Words{VI: "Máy chủ từ chối đăng nhập: 535 5.7.8 sai mật khẩu.", EN: "The server refused the log-in: 535 5.7.8 bad password."},
		Hint:    bantin.Words{VI: "Hãy xem smtp.password_file trong bantin.yaml.", EN: "Look at smtp.password_file in bantin.yaml."}}
	over := trouble
	over.Resolved = o.Now()
	all["trouble"] = store.Notice{Kind: store.NoticeTrouble, About: store.NoticeAbout{Trouble: &trouble}}
	all["trouble-over"] = store.Notice{Kind: store.NoticeTrouble, About: store.NoticeAbout{Trouble: &over}}
	return all
}

// welcomes are those of a digest with an edition, of two, and of one that has none yet.
// The contact has signed up for all of them.
func welcomes(t *testing.T, o *office) map[string]store.NoticeAbout {
	t.Helper()
	begins := []store.WelcomeDigest{{ID: o.Digest.ID, Title: o.Digest.Title, Next: o.Now().AddDate(0, 0, 5)}, {ID: "hoc-bong", Title: "Bản tin học bổng"}}
	key := subscriber(t, o, "lan@example.org", begins)
	if _, err := o.DB.Editions().Get(t.Context(), bantin.EditionID(o.Digest.ID, 1)); errors.Is(err, bantin.ErrNotFound) {
		for n := range 8 {
			o.AddBulletin(fmt.Sprintf("tin-%d", n), fmt.Sprintf("Phú Thọ: %d xã hoàn thành phổ cập giáo dục cho người lớn", n+2), "phu-tho")
		}
		o.edition()
	}
	return map[string]store.NoticeAbout{
		"welcome": {ContactKey: key, Welcome: begins[:1]}, "welcome-two": {ContactKey: key, Welcome: begins}, "welcome-first": {ContactKey: key, Welcome: begins[1:]},
	}
}

// subscriber signs somebody up, and gives their key.
func subscriber(t *testing.T, o *office, address string, digests []store.WelcomeDigest) string {
	t.Helper()
	s := store.SignUp{Nonce: fmt.Sprintf("%032d", o.Now().UnixNano()%1e15), Contact: bantin.Contact{Email: address}, Expires: o.Now().Add(time.Hour)}
	for _, d := range digests {
		s.Digests = append(s.Digests, d.ID)
	}
	if err := o.DB.Contacts().RequestSignUp(t.Context(), s, store.RequestLimits{}); err != nil {
		t.Fatal(err)
	}
	done, err := o.DB.Contacts().ConfirmSignUp(t.Context(), s.Nonce, []byte("muối"), store.Welcome{})
	if err != nil {
		t.Fatal(err)
	}
	return done.ContactKey
}

// everyReport are the reports of all kinds.
func everyReport(o *office, l bantin.Language) map[string]store.Report {
	base := store.Report{Digest: o.Digest.ID, Title: o.Digest.Title, Due: o.Now().Add(-time.Hour), Edition: "hang-tuan-47", Number: 47,
		Status: bantin.EditionDone, Counts: bantin.Counts{Sent: 2911, Failed: 12, Queued: 3}, Returned: 2, Frozen: 2926,
		Causes: []store.FailureCause{{Reply: "550 5.1.1 <lan@example.org>: user unknown", Count: 9}, {Count: 3}}}
	all := map[string]store.Report{}
	report := func(name string, kind store.EditionReportKind, change func(*store.Report)) {
		r := base
		r.Kind = kind
		if change != nil {
			change(&r)
		}
		all[name] = r
	}
	noEdition := func(r *store.Report) {
		r.Edition, r.Number, r.Detail = "", 0, l.Say("không ai hợp audience", "nobody fits the audience")
	}
	draft := func(r *store.Report) {
		r.Draft = &store.DraftReport{Version: 3, Subject: "Thư đầu xuân", Greeting: "Kính gửi các cô chú.\n\nTuần này có nhiều tin vui.", Titles: []string{"Sơn La trao 214 suất học bổng", "Huế họp giao ban"}, Recipients: 2926, Since: o.Now(), HasOffice: true}
	}
	report("settled", store.ReportSettled, func(r *store.Report) { r.Counts, r.Causes = bantin.Counts{Sent: 2926}, nil })
	report("settled-failed", store.ReportSettled, nil)
	report("settled-cancelled", store.ReportSettled, func(r *store.Report) { r.Status = bantin.EditionCancelled })
	report("overdue", store.ReportOverdue, func(r *store.Report) { r.Status, r.Opens = bantin.EditionOpen, o.Now().Add(time.Hour) })
	report("overdue-paused", store.ReportOverdue, func(r *store.Report) { r.Status = bantin.EditionPaused })
	for _, why := range []bantin.HeldReason{bantin.HeldUnknownWave, bantin.HeldRefused, bantin.HeldFirstWave} {
		report("held-"+string(why), store.ReportHeld, func(r *store.Report) {
			r.Why, r.Hold = why, bantin.HoldDetail{Refused: 25, Outcomes: 90, Reply: "550 5.7.1 blocked", By: "smtp.example.org"}
		})
	}
	report("held", store.ReportHeld, func(r *store.Report) {
		r.Why, r.Domain, r.Hold = bantin.HeldRefused, "gmail.com", bantin.HoldDetail{Refused: 25, Outcomes: 25, Reply: "550 5.7.1 blocked"}
	})
	report("broken", store.ReportBroken, func(r *store.Report) { r.Detail = "template: digest.html:12: no field Autor" })
	report("late", store.ReportLate, noEdition)
	report("nobody", store.ReportNobody, noEdition)
	report("draft", store.ReportDraft, draft)
	report("unapproved", store.ReportUnapproved, draft)
	report("draft-by-command", store.ReportDraft, func(r *store.Report) { draft(r); r.Draft.HasOffice = false })
	report("unaccounted", store.ReportUnaccounted, func(r *store.Report) { r.Unaccounted = 4 })
	report("problems", store.ReportProblems, func(r *store.Report) {
		r.Problems, r.MoreProblems = []bantin.Problem{{Source: "van-phong", Item: "ke-hoach-2027.doc", Kind: bantin.ProblemUnread,
			What: bantin.NewNote("tệp Word cũ không mở được", "an old Word file cannot be opened"), Hint: bantin.NewNote("lưu lại thành .docx", "save it as .docx")}}, 4
	})
	return all
}

// A welcome has links that are the contact's own: it goes to no address that they left.
func TestWelcomeGoesToTheContactsAddress(t *testing.T) {
	o := newOffice(t)
	s := &NoticeSender{DB: o.DB, Site: o.Site, Tokens: o.Tokens, Now: o.Now}
	n := store.Notice{Kind: store.NoticeWelcome, About: welcomes(t, o)["welcome"], Nonce: "0123456789abcdef0123456789abcdef", Language: bantin.Vietnamese}
	for address, want := range map[string]error{"Lan@example.org": nil, "lan.cu@example.org": errUnwanted} {
		n.Address = address
		if _, err := s.mail(t.Context(), &n); !errors.Is(err, want) {
			t.Errorf("to %s: %v, want %v", address, err, want)
		}
	}
}
