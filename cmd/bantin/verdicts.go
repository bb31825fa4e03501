package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"bantin"
)

// verdictCommands are how a person has the last word on a bulletin.
func (a *app) verdictCommands() []*cobra.Command {
	withdraw := &cobra.Command{
		Use:   "withdraw ID",
		Short: "Take a bulletin from readers for good: its page says so",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.judge(cmd.Context(), bantin.Words{VI: "Đã rút %s", EN: "%s is withdrawn"},
				func(w *works) (bantin.Bulletin, error) { return w.db.WithdrawBulletin(cmd.Context(), args[0]) })
		},
	}
	release := &cobra.Command{
		Use:   "release ID",
		Short: "Let readers see a bulletin that was held or withdrawn",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.judge(cmd.Context(), bantin.Words{VI: "Bạn đọc thấy %s", EN: "Readers see %s"},
				func(w *works) (bantin.Bulletin, error) {
					return w.db.ReleaseBulletin(cmd.Context(), args[0], w.atlas.Tags)
				})
		},
	}
	merge := &cobra.Command{
		Use:   "merge ID OTHER",
		Short: "Make two bulletins that tell the same story one: the first stays",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.judge(cmd.Context(), bantin.Words{VI: "Đã nhập vào %s", EN: "Merged into %s"},
				func(w *works) (bantin.Bulletin, error) {
					return w.db.MergeBulletins(cmd.Context(), args[0], args[1])
				})
		},
	}
	return []*cobra.Command{withdraw, a.holdCommand(), release, a.correctCommand(), merge}
}

func (a *app) holdCommand() *cobra.Command {
	var reason string
	hold := &cobra.Command{
		Use:   "hold ID",
		Short: "Keep a bulletin from readers until it is released",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.judge(cmd.Context(), bantin.Words{VI: "Đã giữ lại %s", EN: "%s is held"},
				func(w *works) (bantin.Bulletin, error) {
					why := oneLine(reason)
					if why == "" {
						why = w.site.Language.Say("văn phòng giữ lại", "the office holds it")
					}
					return w.db.HoldBulletin(cmd.Context(), args[0], why)
				})
		},
	}
	hold.Flags().StringVar(&reason, "reason", "", "why: `TEXT` for whoever looks at it next")
	return hold
}

// judge does one thing to one bulletin and shows what became of it. Its words
// have a place for the id.
func (a *app) judge(ctx context.Context, done bantin.Words, do func(*works) (bantin.Bulletin, error)) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	b, err := do(w)
	if err != nil {
		return err
	}
	if a.json {
		return a.line(&b)
	}
	a.say(done.VI, done.EN, b.ID)
	return nil
}
