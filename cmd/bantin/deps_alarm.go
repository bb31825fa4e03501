package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/config"
	"bantin/publish/alarm"
	"bantin/store"
)

// alarms makes what tells people of troubles.
func (w *deps) alarms() *alarm.Alarms {
	a := &alarm.Alarms{
		DB: w.db, Log: w.log, Language: w.site.Language, Zone: w.site.Location, Now: w.now,
		Ways: append([]alarm.Way{alarm.Log(w.log)}, w.alarmWays()...), After: alarm.DefaultAfter, Well: w.config.Alarm.Interval(),
		Watched: w.watched(), Unstored: w.unstored, Host: w.host(),
	}
	if w.config.Alarm != nil {
		a.After = w.config.Alarm.After.Std()
	}
	return a
}

// alarmWays are the ways of the configuration; where it has none, mail.
func (w *deps) alarmWays() []alarm.Way {
	c := w.config.Alarm
	if c == nil {
		return []alarm.Way{alarm.Mail(w.db, w.site.Language, w.alarmMail())}
	}
	var ways []alarm.Way
	if len(c.Command) > 0 {
		ways = append(ways, alarm.Command(c.Command))
	}
	if c.URL != "" {
		ways = append(ways, alarm.Post(c.URL, w.userAgent()))
	}
	return ways
}

// alarmMail says who gets mail about troubles where there is no other way.
func (w *deps) alarmMail() alarm.MailTo { return alarmMail(w.config) }

func alarmMail(c *config.Config) alarm.MailTo {
	to := alarm.MailTo{Reports: map[string]string{}, Contact: c.Site.Contact}
	for i := range c.Digests {
		to.Reports[c.Digests[i].ID] = c.Digests[i].Report
	}
	return to
}

// printAlarmWays says how people are told of troubles. Of a web hook only the host is
// shown.
func (a checkCommand) printAlarmWays(c *config.Config) {
	if c.Alarm == nil {
		if to := alarmMail(c); len(to.All()) > 0 {
			a.say("Báo động: bằng thư tới %s", "Alarms: by mail to %s", strings.Join(to.All(), ", "))
		} else {
			a.say("Báo động: chỉ ghi vào nhật ký", "Alarms: in the log only")
		}
		return
	}
	var ways []string
	if len(c.Alarm.Command) > 0 {
		ways = append(ways, c.Alarm.Command[0])
	}
	if u, err := url.Parse(c.Alarm.URL); err == nil && u.Host != "" {
		ways = append(ways, u.Scheme+"://"+u.Host+"/…")
	}
	a.say("Báo động: %s", "Alarms: %s", strings.Join(ways, ", "))
}

// watched is what of the configuration can fail.
func (w *deps) watched() alarm.Watched {
	list := alarm.Watched{MailHint: setupHint, Tasks: map[string][]string{
		store.TaskBounces: {""}, store.TaskKeep: {""}, store.TaskHubs: w.config.WebSub,
	}}
	for _, s := range w.config.Sources {
		if s.Due != nil {
			list.Sources = append(list.Sources, s.ID)
		}
	}
	if transport, err := w.transport(); err == nil { // else the daemon does not start
		list.Tasks[store.TaskNotices] = []string{transport.String()}
	}
	if w.config.Contacts != "" {
		list.Tasks[store.TaskImport] = []string{""}
	}
	if w.config.Export != "" {
		list.Tasks[store.TaskExport] = []string{alarm.AnyObject}
	}
	return list
}

// host names this machine, and its data directory, in what concerns it alone; "" where
// there is no other.
func (w *deps) host() string {
	if !w.db.Shared() {
		return ""
	}
	return w.db.Machine()
}

// unstoredFile is the file of troubles that the database did not take.
func unstoredFile(data string) string { return filepath.Join(data, "alarms.json") }

// alarmConfig tells people that a reload refused the configuration, and that one was
// taken since. What is in force is not affected.
func (a runCommand) alarmConfig(ctx context.Context, now *generation, refused error) {
	alarms := now.loops.Alarms
	object := alarms.Here("reload")
	if refused == nil {
		alarms.End(ctx, bantin.TroubleConfig, object)
		return
	}
	what := bantin.Words{VI: refused.Error(), EN: refused.Error()}
	if errors.As(refused, new(*configError)) {
		what = a.problemWords(what)
	}
	alarms.Begin(ctx, bantin.Trouble{
		Kind: bantin.TroubleConfig, Object: object, Subject: bantin.Words{VI: "Cấu hình mới bị từ chối", EN: "The new configuration is refused"},
		What: bantin.Words{VI: "bantin.yaml có lỗi nên không được dùng; mọi việc chạy tiếp theo cấu hình cũ: " + what.VI, EN: "bantin.yaml has a problem and is not used; all goes on by the old one: " + what.EN},
		Hint: bantin.Words{VI: "Hãy chạy bantin check, sửa tệp rồi nạp lại.", EN: "Run bantin check, correct the file and reload."},
	})
}

// problemWords says the first problem of the configuration, and how many more there are;
// otherwise where it has none any more.
func (a runCommand) problemWords(otherwise bantin.Words) bantin.Words {
	_, report := config.Load(a.config)
	wrong := slices.DeleteFunc(report.Problems, func(p config.Problem) bool { return p.Warning })
	if len(wrong) == 0 {
		return otherwise
	}
	p := wrong[0]
	words := bantin.Say("dòng %d: %s", "line %d: %s", p.Line, p.Message)
	if more := len(wrong) - 1; more > 0 {
		words.VI += fmt.Sprintf(" (và %d lỗi nữa)", more)
		words.EN += fmt.Sprintf(" (and %d more)", more)
	}
	return words
}

// alarmStart tells people that the daemon cannot start for its database, by the ways that
// need none: once, however often a service manager tries again, and each day. That it
// started is told by the daemon.
func (a runCommand) alarmStart(ctx context.Context, log *slog.Logger, failure error) {
	c, report := config.Load(a.config)
	if report.Err() != nil || c.Alarm == nil || !isOutage(failure) {
		return
	}
	site := c.Site.Site()
	w := &deps{config: c, site: &site, log: log}
	alarms := &alarm.Alarms{Log: log, Language: site.Language, Zone: site.Location, Now: time.Now, Ways: w.alarmWays(), After: c.Alarm.After.Std(),
		Unstored: &alarm.Unstored{File: unstoredFile(c.Data)}}
	host := ""
	if c.Database != "" {
		host = store.MachineName(c.Data)
	}
	alarms.CannotStart(ctx, failure, host)
}
