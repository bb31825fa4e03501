package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/doctor"
	"bantin/place"
	"bantin/publish/edition"
	"bantin/store"
)

// doctorFlags are the flags of `bantin doctor`.
type doctorFlags struct{ mail, resolver string }

// doctorCommand is `bantin doctor`.
type doctorCommand struct{ *app }

func (a doctorCommand) command() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: a.text("Thử mọi thứ mà thư và trang web cần: DNS, máy chủ thư, chứng chỉ, ổ đĩa", "Try what mailing and pages need: DNS, mail server, certificates, disk"),
		Long: a.text(`Thử mọi thứ mà thư và trang web cần, và cho biết phải làm gì với từng thứ chưa ổn.
Không thay đổi gì; chỉ gửi thư khi có --mail.`,
			`Try what mailing and pages need, and say what to do about each thing that does not work.
This changes nothing, and mails nothing without --mail.`),
		Example: asTyped("bantin doctor", "bantin doctor --mail toi@example.org"),
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.examine(cmd.Context(), f) },
	}
	c.Flags().StringVar(&f.mail, "mail", "", a.text("gửi một thư thử tới `ADDRESS`", "mail a test message to `ADDRESS`"))
	c.Flags().StringVar(&f.resolver, "resolver", "", a.text("hỏi máy chủ tên miền `HOST:PORT` thay cho của hệ thống", "ask the name server at `HOST:PORT` instead of the system's"))
	return c
}

func (f *doctorFlags) check() error {
	if _, err := mail.ParseAddress(f.mail); f.mail != "" && err != nil {
		return wrongUsage("--mail %q không phải địa chỉ thư điện tử", "--mail %q is not an e-mail address", f.mail)
	}
	if _, _, err := net.SplitHostPort(f.resolver); f.resolver != "" && err != nil {
		return wrongUsage("--resolver %q: viết máy và cổng, như 127.0.0.1:53", "--resolver %q: want host and port, such as 127.0.0.1:53", f.resolver)
	}
	return nil
}

// findingJSON is a finding as CONTRACTS names its fields.
type findingJSON struct {
	Check  string        `json:"check"`
	Status doctor.Status `json:"status"`
	What   string        `json:"what"`
	Hint   string        `json:"hint,omitempty"`
}

func (a doctorCommand) examine(ctx context.Context, f doctorFlags) (err error) {
	w, unopened, err := a.openUnmigrated(ctx)
	if err != nil {
		return err
	}
	if w.db != nil {
		defer func() { err = errors.Join(err, w.db.Close()) }()
	}
	opt := w.examination(unopened)
	opt.Resolver, opt.TestTo = f.resolver, f.mail
	if opt.Mail == nil && f.mail != "" {
		return wrongUsage("--mail cần smtp trong tệp cấu hình", "--mail needs smtp in the configuration")
	}
	if opt.Mail != nil {
		opt.Mail.TestMail = w.testMail(f.mail)
	}
	bad := 0
	for _, found := range doctor.Examine(ctx, opt) {
		if found.Status == doctor.Failed {
			bad++
		}
		if err := a.printFinding(found); err != nil {
			return err
		}
	}
	if bad > 0 {
		return &toldError{fmt.Errorf("%d checks failed", bad)}
	}
	return ctx.Err()
}

func (a doctorCommand) printFinding(f doctor.Finding) error {
	if a.json {
		return a.printJSON(findingJSON{f.Check, f.Status, f.What.EN, f.Hint.EN})
	}
	status := map[doctor.Status]bantin.Words{
		doctor.OK: {VI: "tốt", EN: "ok"}, doctor.Warning: {VI: "cảnh báo", EN: "warning"},
		doctor.Failed: {VI: "HỎNG", EN: "FAILED"}, doctor.Skipped: {VI: "bỏ qua", EN: "skipped"},
	}[f.Status]
	fmt.Fprintf(a.out, "%-12s %-9s %s\n", f.Check, status.In(a.language), printable(f.What.In(a.language)))
	if hint := f.Hint.In(a.language); hint != "" {
		fmt.Fprintf(a.out, "%-12s %-9s → %s\n", "", "", printable(hint))
	}
	return nil
}

// printable puts a text of others, such as what a server said, on one line.
func printable(text string) string { return strings.Join(strings.Fields(text), " ") }

// openUnmigrated reads the configuration and opens the database as it is: a database that
// cannot be opened is one of the things to be told, and unopened says why.
func (a *app) openUnmigrated(ctx context.Context) (w *deps, unopened, err error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	site := c.Site.Site()
	w = &deps{config: c, log: a.warnLogger(), site: &site, atlas: place.NewAtlas(c.AllClusters(), c.AllTopics()...)}
	for i := range c.Digests {
		w.digests = append(w.digests, planOf(&c.Digests[i]))
	}
	opt := databaseOf(c)
	opt.NoMigrate = true
	opening, cancel := context.WithTimeout(ctx, doctor.OpenTimeout)
	defer cancel()
	db, unopened := store.Open(opening, c.Data, opt)
	if unopened != nil {
		return w, unopened, nil
	}
	w.db = db
	w.editor = &edition.Editor{DB: db, Log: w.log, Site: w.site, Atlas: w.atlas, Hold: c.SMTP.HoldLimits()}
	return w, w.openTokens(ctx), nil
}
