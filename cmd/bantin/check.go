package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
	"bantin/schedule"
)

// checkCommand is `bantin check`.
type checkCommand struct{ *app }

// command validates the YAML file and shows when what is due. What is
// wrong goes to standard error as from every command, what is due to standard
// output; with --json both are one object there.
func (a checkCommand) command() *cobra.Command {
	var from, to string
	var schema bool
	c := &cobra.Command{
		Use:   "check",
		Short: a.text("Kiểm tra tệp cấu hình và cho biết các lần đến hạn sắp tới", "Validate the configuration and list upcoming due times"),
		Example: asTyped(
			"bantin check",
			"bantin check --from 2027-02-01 --to 2027-02-28"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				text, err := config.Schema()
				if err != nil {
					return err
				}
				_, err = a.out.Write(text)
				return err
			}
			return a.check(cmd.Context(), from, to, time.Now())
		},
	}
	c.Flags().StringVar(&from, "from", "", a.text("mọi lần đến hạn kể từ `TIME` (2026-11-23 hoặc \"2026-11-23 07:00\")", "show all due times from `TIME` on (2026-11-23 or \"2026-11-23 07:00\")"))
	c.Flags().StringVar(&to, "to", "", a.text("… cho đến `TIME`; một ngày là đến hết ngày", "… up to `TIME`; a day includes its evening"))
	c.Flags().BoolVar(&schema, "schema", false, a.text("in JSON Schema của tệp YAML, cho trình soạn thảo", "print the JSON Schema of the YAML file, for editors"))
	return c
}

func (a checkCommand) check(ctx context.Context, from, to string, now time.Time) error {
	c, report := config.Load(a.config)
	if err := a.chooseLanguage(c.Site.Language); err != nil {
		return err
	}
	wrong := report.Err()
	var due []dueTimes
	if wrong == nil {
		span, err := parseSpan(from, to, now, c.Site.Location)
		if err != nil {
			return err
		}
		stored := a.lookStored(ctx, c)
		report.Problems = append(report.Problems, stored.problems...)
		report.Problems = append(report.Problems, problemsOfFiles(a.config, c)...)
		wrong = report.Err()
		due = allDue(c, span)
		if from == "" {
			withStored(due, c, span, stored.digests)
		}
	}
	if err := a.printCheck(c, report, due); err != nil {
		return err
	}
	if wrong != nil {
		return &configError{wrong}
	}
	return nil
}

// problemsOfFiles are those of the files that the YAML names: the logo, templates, secrets
// and the list of contacts.
func problemsOfFiles(file string, c *config.Config) []config.Problem {
	return slices.Concat(logoProblems(file, c), personalDigests(file, c), webhookProblems(file, c), listGaps(file, c))
}

func (a checkCommand) printCheck(c *config.Config, report *config.Report, due []dueTimes) error {
	if a.json {
		return a.printJSON(struct {
			Problems  []config.Problem `json:"problems,omitempty"`
			Schedules []dueTimes       `json:"schedules,omitempty"`
		}{report.Problems, due})
	}
	if err := report.Write(a.err, a.language); err != nil {
		return err
	}
	if report.Err() != nil {
		return nil
	}
	a.say("%s dùng được.", "%s is valid.", a.config)
	if c.SMTP == nil && len(c.Digests) > 0 {
		a.say("Không có smtp: mỗi thư được ghi vào %s.", "No smtp: messages are written to %s.", filepath.Join(c.Data, "outbox"))
	}
	a.printAlarmWays(c)
	a.printWebhooks(c)
	for _, d := range due {
		a.printDue(d)
	}
	return nil
}

// dueTimes is when a source or a digest is due.
type dueTimes struct {
	ID    string      `json:"id"`
	Kind  string      `json:"kind"` // source or digest
	Times []time.Time `json:"times,omitempty"`
	Every string      `json:"every,omitempty"`
	// Missed is a due time that passed while no daemon ran and that one will make up for.
	Missed time.Time `json:"missed,omitzero"`
	// InForce is the schedule that the daemon goes by, where the file has another one.
	InForce string `json:"in_force,omitempty"`

	zone *time.Location
}

func (a checkCommand) printDue(d dueTimes) {
	kind := a.language.Say("Nguồn", "Source")
	if d.Kind == "digest" {
		kind = a.language.Say("Bản tin tổng hợp", "Digest")
	}
	if d.Every == schedule.News {
		a.say("\n%s %s: mười phút sau tin mới đầu tiên, nhiều nhất mỗi giờ một kỳ và sáu kỳ một ngày",
			"\n%s %s: ten minutes after the first new bulletin, at most once an hour and six times a day", kind, d.ID)
		a.printStored(d)
		return
	}
	if d.Every != "" {
		a.say("\n%s %s: mỗi %s", "\n%s %s: every %s", kind, d.ID, d.Every)
		a.printStored(d)
		return
	}
	fmt.Fprintf(a.out, "\n%s %s (%s):\n", kind, d.ID, d.zone)
	a.printStored(d)
	for _, t := range d.Times {
		fmt.Fprintf(a.out, "  %s\n", inWords(t, a.language))
	}
	if len(d.Times) == 0 {
		a.say("  không có lần nào", "  never")
	}
}

// inWords writes a due time with its weekday, so that an admin sees at a glance
// that Monday is Monday.
func inWords(t time.Time, lang bantin.Language) string {
	if lang == bantin.English {
		return t.Format("Monday, 2 January 2006 15:04")
	}
	weekdays := [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}
	return weekdays[t.Weekday()] + t.Format(", 02/01/2006 15:04")
}

// A span is which due times are shown: those after from, up to to or, where
// that is zero, the first five.
type span struct{ after, to time.Time }

const shownTimes = 5

func (s span) of(due *schedule.Schedule) []time.Time {
	var times []time.Time
	for t := range due.All(s.after) {
		if s.to.IsZero() && len(times) == shownTimes || !s.to.IsZero() && t.After(s.to) {
			break
		}
		times = append(times, t)
	}
	return times
}

func parseSpan(from, to string, now time.Time, zone *time.Location) (span, error) {
	s := span{after: now}
	if from != "" {
		t, _, err := parseLocalTime("--from", from, zone)
		if err != nil {
			return span{}, err
		}
		s.after = t.Add(-time.Nanosecond)
	}
	if to == "" {
		return s, nil
	}
	t, wholeDay, err := parseLocalTime("--to", to, zone)
	if err != nil {
		return span{}, err
	}
	if s.to = t; wholeDay {
		s.to = t.AddDate(0, 0, 1).Add(-time.Nanosecond)
	}
	if s.to.Before(s.after) {
		return span{}, wrongUsage("--to %q đứng trước --from", "--to %q comes before --from", to)
	}
	return s, nil
}

// parseLocalTime reads RFC 3339, or a day or a minute on the clock of the zone.
func parseLocalTime(flag, text string, zone *time.Location) (t time.Time, wholeDay bool, err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err = time.ParseInLocation(layout, text, zone); err == nil {
			return t, layout == time.DateOnly, nil
		}
	}
	return time.Time{}, false, wrongUsage(`%s %q: viết 2026-11-23, "2026-11-23 07:00" hoặc 2026-11-23T07:00:00+07:00`,
		`%s %q: want 2026-11-23, "2026-11-23 07:00" or 2026-11-23T07:00:00+07:00`, flag, text)
}

func allDue(c *config.Config, s span) []dueTimes {
	var list []dueTimes
	for _, source := range c.Sources {
		list = appendDue(list, "source", source.ID, source.Due, s)
	}
	for _, digest := range c.Digests {
		list = appendDue(list, "digest", digest.ID, digest.Due, s)
	}
	return list
}

func appendDue(list []dueTimes, kind, id string, due *schedule.Schedule, s span) []dueTimes {
	if due == nil {
		return list
	}
	d := dueTimes{ID: id, Kind: kind, zone: due.Location()}
	if due.OnNews() {
		d.Every = schedule.News
		return append(list, d)
	}
	if every, ok := due.Every(); ok {
		d.Every = config.Duration(every).String()
		return append(list, d)
	}
	d.Times = s.of(due)
	return append(list, d)
}
