package delivery

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
	"bantin/mailer"
	"bantin/store"
)

// A mail server that takes no notices is remembered, for an alarm, until it takes one.
// What is mailed about a trouble says what it is, since when and what to do; at its end,
// that it is over.
func TestMailAboutATrouble(t *testing.T) {
	testneed.Long(t, "takes seconds")
	t.Parallel()
	o := newOffice(t)
	var away atomic.Bool
	away.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Connect && away.Load() {
			return smtptest.Answer{Reply: "421 4.3.2 bảo trì", Close: true}
		}
		return smtptest.Answer{}
	})
	trouble := bantin.Trouble{
		ID: "abc", Kind: bantin.TroubleConfig, Subject: bantin.Words{VI: "Lịch khác nhau", EN: "Different schedules"},
		What: bantin.Words{VI: "Hai máy có hai lịch.", EN: "Two machines have two schedules."}, Hint: bantin.Words{VI: "Hãy chép cùng một tệp.", EN: "Copy one file."}, Since: o.Now(),
	}
	over := trouble
	over.Resolved = o.Now().Add(time.Hour)
	for _, one := range []bantin.Trouble{trouble, trouble, over} {
		if err := o.DB.Notices().TellTrouble(t.Context(), "admin@example.org", &one, "vi"); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.DB.Notices().TellTrouble(t.Context(), "admin2@example.org", &trouble, "en"); err != nil {
		t.Fatal(err)
	}
	set := o.Templates()
	sender := &NoticeSender{DB: o.DB, Log: o.Log(), Site: o.Site, Tokens: o.Tokens, Sender: o.Sender(), Transport: o.SMTP(server.Port()),
		Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(set, m) }, Node: o.Node(), Now: o.Now}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { sender.Run(ctx) })
	defer running.Wait()
	defer stop()
	fails := func() bool {
		list, err := o.DB.Tasks().List(t.Context())
		if err != nil {
			t.Error(err)
		}
		return len(list) == 1 && list[0].Task == store.TaskNotices && !list[0].FailingSince.IsZero()
	}
	officetest.Eventually(t, "it is remembered", fails)
	away.Store(false)
	officetest.Eventually(t, "all is mailed", func() bool { return len(server.Messages()) == 3 })
	officetest.Eventually(t, "it is over", func() bool { return !fails() })
	texts := map[string]string{}
	for _, m := range server.Messages() {
		texts[officetest.MailSubject(t, m.Data)] = officetest.PlainPart(t, m.Data)
	}
	for subject, words := range map[string][]string{
		"[bantin] Cần xem: Lịch khác nhau":           {"Hai máy có hai lịch.", "Từ lúc", "Hãy chép cùng một tệp."},
		"[bantin] Đã hết: Lịch khác nhau":            {"Đã hết lúc", "Hai máy có hai lịch."},
		"[bantin] Needs a look: Different schedules": {"Two machines have two schedules.", "Copy one file."},
	} {
		for _, word := range words {
			if !strings.Contains(texts[subject], word) {
				t.Errorf("%q does not say %q:\n%s", subject, word, texts[subject])
			}
		}
	}
}
