package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/mailer/bounce"
	"bantin/store"
)

// undoFlags are the flags of `bantin suppressions undo`.
type undoFlags struct {
	since, domain, reason string
	dry                   bool
}

func (a suppressionCommands) undoCommand() *cobra.Command {
	var f undoFlags
	c := &cobra.Command{
		Use: "undo --since TIME",
		Short: a.text("Gỡ chặn các địa chỉ đã bị chặn vì thư bị từ chối hay trả lại từ một lúc nào đó: khi máy chủ gửi hay bên nhận nói sai",
			"Remove the suppressions that refusals and bounces have led to since a time: when the mail server or a receiver was wrong"),
		Long: a.text(`Gỡ chặn các địa chỉ đã bị chặn vì thư bị từ chối hay trả lại từ lúc TIME, và quên các lần từ chối
từ lúc ấy mà chưa chặn ai. Người đã khiếu nại và địa chỉ do văn phòng ghi tay vẫn bị chặn.`,
			`Remove the suppressions that refusals and bounces have led to since TIME, and forget the refusals
since then that have suppressed nobody yet. Contacts who complained, and addresses that the office
added, stay suppressed.`),
		Example: asTyped(
			"bantin suppressions undo --since 2026-12-07T07:00 --dry-run",
			"bantin suppressions undo --since 2026-12-07 --domain gmail.com --reason user-unknown"),
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, w *deps, _ []string) error { return a.undoSuppressions(ctx, w, f) }),
	}
	c.Flags().StringVar(&f.since, "since", "", a.text("bị chặn từ lúc `TIME`: 2026-12-07T07:00 theo múi giờ của trang, một ngày, hoặc RFC 3339", "suppressed since `TIME`: 2026-12-07T07:00 in the site's zone, a day, or RFC 3339"))
	c.Flags().StringVar(&f.domain, "domain", "", a.text("chỉ địa chỉ ở tên miền `D`", "only addresses of the domain `D`"))
	c.Flags().StringVar(&f.reason, "reason", "", a.text("chỉ vì lý do `R`, như user-unknown hay host-unknown", "only for the reason `R`, such as user-unknown or host-unknown"))
	c.Flags().BoolVar(&f.dry, "dry-run", false, a.text("chỉ cho biết sẽ làm gì", "only show what it would do"))
	completeValues(c, "reason", string(bounce.UserUnknown), string(bounce.HostUnknown), string(bounce.Moved), string(bounce.TakesNoMail), string(bounce.MailboxFull))
	return c
}

// filter reads the flags.
func (f *undoFlags) filter(w *deps) (chosen store.SuppressionFilter, err error) {
	if f.since == "" {
		return chosen, wrongUsage("cho biết từ lúc nào: `bantin suppressions undo --since 2026-12-07T07:00`", "say since when: `bantin suppressions undo --since 2026-12-07T07:00`")
	}
	if chosen.Since, err = parseTime(f.since, w.site.Location); err != nil {
		return chosen, err
	}
	if f.domain != "" {
		address, err := contact.ParseAddress("ai@" + f.domain)
		if err != nil {
			return chosen, wrongUsage("--domain %q: không phải tên miền", "--domain %q: not a domain", f.domain)
		}
		chosen.Domain = address[len("ai@"):]
	}
	if f.reason != "" && bounce.Reason(f.reason).Words().VI == "" {
		return chosen, wrongUsage("--reason %q: không có lý do này; xem `bantin suppressions list --json`", "--reason %q: no such reason; see `bantin suppressions list --json`", f.reason)
	}
	chosen.Reason = f.reason
	return chosen, nil
}

// undoneJSON is what `suppressions undo --json` prints.
type undoneJSON struct {
	DryRun    bool        `json:"dry_run,omitempty"`
	Removed   int64       `json:"removed"`
	Forgotten int64       `json:"forgotten"`
	Groups    []undoGroup `json:"groups,omitempty"`
	Retry     []string    `json:"retry,omitempty"` // editions that `editions retry --failed` sends again
}

type undoGroup struct {
	Domain string `json:"domain"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

func (a suppressionCommands) undoSuppressions(ctx context.Context, w *deps, f undoFlags) error {
	chosen, err := f.filter(w)
	if err != nil {
		return err
	}
	var undone store.UndoneSuppressions
	undo := func() (err error) {
		undone, err = w.db.Suppressions().Undo(ctx, chosen, f.dry)
		return err
	}
	if f.dry {
		err = undo()
	} else {
		err = w.recorded(ctx, bantin.ActionUndoSuppressions, chosen.Domain, chosen.Since.Format(time.RFC3339), undo)
	}
	if err != nil {
		return err
	}
	if a.json {
		row := undoneJSON{DryRun: f.dry, Removed: undone.Removed, Forgotten: undone.Forgotten, Retry: undone.Retry}
		for _, g := range undone.Groups {
			row.Groups = append(row.Groups, undoGroup(g))
		}
		return a.printJSON(row)
	}
	a.tellUndone(undone, f.dry)
	return nil
}

func (a suppressionCommands) tellUndone(u store.UndoneSuppressions, dry bool) {
	switch {
	case u.Removed == 0:
		a.say("Từ lúc ấy không có địa chỉ nào bị chặn vì thư bị từ chối hay trả lại.", "Since then no address was suppressed because of refused or returned mail.")
	case dry:
		a.say("Sẽ gỡ chặn %d địa chỉ:", "Would remove the suppressions of %d addresses:", u.Removed)
	default:
		a.say("Đã gỡ chặn %d địa chỉ:", "Removed the suppressions of %d addresses:", u.Removed)
	}
	for _, g := range u.Groups {
		a.say("  %s, %s: %d", "  %s, %s: %d", g.Domain, suppressionWords(g.Reason).In(a.language), g.Count)
	}
	switch {
	case u.Forgotten > 0 && dry:
		a.say("Sẽ quên %d lần từ chối chưa chặn ai.", "Would forget %d refusals that have suppressed nobody yet.", u.Forgotten)
	case u.Forgotten > 0:
		a.say("Đã quên %d lần từ chối chưa chặn ai.", "Forgot %d refusals that had suppressed nobody yet.", u.Forgotten)
	}
	for _, id := range u.Retry {
		a.note("Gửi lại cho những người kỳ %s chưa tới được: bantin editions retry --failed %s", "To reach those whom edition %s did not reach: bantin editions retry --failed %s", id, id)
	}
	if u.Removed > 0 && len(u.Retry) == 0 {
		a.note("Các kỳ sau sẽ gửi tới họ như trước.", "The next editions go to them as before.")
	}
}
