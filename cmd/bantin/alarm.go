package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/publish/alarm"
	"bantin/store"
)

// alarmCommands are the subcommands of `bantin alarm`.
type alarmCommands struct{ *app }

func (a alarmCommands) command() *cobra.Command {
	test := &cobra.Command{
		Use:     "test",
		Short:   a.text("Gửi thử một báo động bằng từng cách trong phần alarm", "Send a test alarm by each way of the key alarm"),
		Example: asTyped("bantin alarm test"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.test(ctx, w) }),
	}
	since := 7 * 24 * time.Hour
	list := &cobra.Command{
		Use:     "list",
		Short:   a.text("Liệt kê những trục trặc đang có và mới hết", "List troubles that last or ended lately"),
		Example: asTyped("bantin alarm list", "bantin alarm list --since 31d"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.list(ctx, w, since) }),
	}
	list.Flags().Var(duration{&since}, "since", a.text("xem lại bao lâu", "how far back to look"))
	end := &cobra.Command{
		Use:     "end ID",
		Short:   a.text("Coi một trục trặc là đã hết, như của một máy đã bỏ", "End a trouble that nobody else will, such as one of a machine that is gone"),
		Example: asTyped("bantin alarm list --json", "bantin alarm end k3j2x7q5m4za"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.end(ctx, w, args[0]) }),
	}
	return a.group("alarm", "Báo động khi cần người xem", "Alarms, which tell people of troubles", test, list, end)
}

// testedWay is how one way did, as --json shows it.
type testedWay struct {
	Way   string `json:"way"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// test uses each way of the configuration once. What is told is no trouble and is not
// stored.
func (a alarmCommands) test(ctx context.Context, w *deps) error {
	t := bantin.Trouble{
		ID: store.NewTroubleID(), Kind: bantin.TroubleTest, Since: w.now(),
		Subject: bantin.Words{VI: "Báo động thử", EN: "Test alarm"},
		What:    bantin.Words{VI: "Có người chạy bantin alarm test.", EN: "Somebody ran bantin alarm test."},
		Hint:    bantin.Words{VI: "Không phải làm gì.", EN: "There is nothing to do."},
	}
	if w.config.Alarm == nil {
		a.note("Không có khóa alarm: trục trặc được ghi vào nhật ký và báo bằng thư tới %s.", "There is no key alarm: troubles go to the log, and by mail to %s.", a.mailTo(w))
	}
	message := alarm.NewMessage(&t, w.site.Language, w.site.Location)
	failed := false
	for _, way := range w.alarmWays() {
		if way.Takes != nil && !way.Takes(&t) {
			continue
		}
		err := way.Tell(ctx, &t, message)
		failed = failed || err != nil
		if err := a.printTested(w, way.Name, err); err != nil {
			return err
		}
	}
	if failed {
		return &toldError{errAlarmTest}
	}
	return nil
}

// errAlarmTest says that a way failed; which one was printed.
var errAlarmTest = errors.New("an alarm could not be told by each way")

// mailTo names who gets mail about troubles.
func (a alarmCommands) mailTo(w *deps) string {
	to := w.alarmMail()
	if list := to.All(); len(list) > 0 {
		return strings.Join(list, ", ")
	}
	return a.language.Say("không ai (thiếu report và site.contact)", "nobody (report and site.contact are missing)")
}

func (a alarmCommands) printTested(w *deps, way string, failure error) error {
	if a.json {
		row := testedWay{Way: way, OK: failure == nil}
		if failure != nil {
			row.Error = failure.Error()
		}
		return a.printJSON(row)
	}
	switch {
	case failure != nil:
		a.say("%s: không báo được: %s", "%s: failed: %s", way, failure)
	case way == alarm.MailWay:
		a.say("%s: thư đã vào hàng chờ gửi tới %s", "%s: a message to %s is queued", way, a.mailTo(w))
	default:
		a.say("%s: đã báo", "%s: told", way)
	}
	return nil
}

// end ends a trouble by hand. One that somebody still meets begins anew.
func (a alarmCommands) end(ctx context.Context, w *deps, id string) error {
	var t bantin.Trouble
	ended := false
	err := w.recorded(ctx, bantin.ActionEndAlarm, id, "", func() (err error) {
		t, ended, err = w.db.Troubles().EndByID(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	if !ended {
		return notFound(fmt.Errorf("trouble %q: %w", id, bantin.ErrNotFound), "trục trặc", id, "bantin alarm list")
	}
	if a.json {
		return a.printJSON(alarm.NewMessage(&t, a.language, w.site.Location))
	}
	a.say("Đã coi là hết: %s", "Ended: %s", t.Subject.In(a.language))
	return nil
}

// list shows the troubles.
func (a alarmCommands) list(ctx context.Context, w *deps, since time.Duration) error {
	list, err := w.db.Troubles().Since(ctx, w.now().Add(-since))
	if err != nil {
		return err
	}
	for i := range list {
		t := &list[i]
		if a.json {
			if err := a.printJSON(alarm.NewMessage(t, a.language, w.site.Location)); err != nil {
				return err
			}
			continue
		}
		if t.Resolved.IsZero() {
			a.say("%s, từ %s (%s)", "%s, since %s (%s)", t.Subject.In(a.language), a.formatTime(t.Since, w.site.Location), t.ID)
		} else {
			a.say("%s, từ %s, đã hết lúc %s", "%s, since %s, over at %s", t.Subject.In(a.language), a.formatTime(t.Since, w.site.Location), a.formatTime(t.Resolved, w.site.Location))
		}
		a.detail("việc gì", "what", t.What.In(a.language))
		if t.Resolved.IsZero() {
			a.detail("nên làm", "what to do", t.Hint.In(a.language))
		}
	}
	if len(list) == 0 && !a.json {
		a.say("Không có gì trục trặc.", "Nothing is in trouble.")
	}
	return nil
}
