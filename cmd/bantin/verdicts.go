package main

import (
	"context"

	"github.com/spf13/cobra"

	"bantin"
)

// verdictCommands are how a person has the last word on a bulletin.
func (a *app) verdictCommands() []*cobra.Command {
	withdraw := a.verdictCommand("withdraw ID", "Take a bulletin from readers for good: its page says so",
		bantin.Words{VI: "Đã rút %s", EN: "%s is withdrawn"},
		func(ctx context.Context, w *works, args []string) (bantin.Bulletin, error) {
			return w.db.WithdrawBulletin(ctx, args[0])
		})
	release := a.verdictCommand("release ID", "Let readers see a bulletin that was held or withdrawn",
		bantin.Words{VI: "Bạn đọc thấy %s", EN: "Readers see %s"},
		func(ctx context.Context, w *works, args []string) (bantin.Bulletin, error) {
			return w.db.ReleaseBulletin(ctx, args[0], w.atlas.Tags)
		})
	merge := a.verdictCommand("merge ID OTHER", "Make two bulletins that tell the same story one: the first stays",
		bantin.Words{VI: "Đã nhập vào %s", EN: "Merged into %s"},
		func(ctx context.Context, w *works, args []string) (bantin.Bulletin, error) {
			return w.db.MergeBulletins(ctx, args[0], args[1])
		})
	merge.Args = cobra.ExactArgs(2)
	return []*cobra.Command{withdraw, a.holdCommand(), release, a.correctCommand(), merge}
}

func (a *app) holdCommand() *cobra.Command {
	var reason string
	hold := a.verdictCommand("hold ID", "Keep a bulletin from readers until it is released",
		bantin.Words{VI: "Đã giữ lại %s", EN: "%s is held"},
		func(ctx context.Context, w *works, args []string) (bantin.Bulletin, error) {
			why := oneLine(reason)
			if why == "" {
				why = w.site.Language.Say("văn phòng giữ lại", "the office holds it")
			}
			return w.db.HoldBulletin(ctx, args[0], why)
		})
	hold.Flags().StringVar(&reason, "reason", "", "why: `TEXT` for whoever looks at it next")
	return hold
}

// verdictCommand makes a command that does one thing to one bulletin and shows
// what became of it: done has a place for its id.
func (a *app) verdictCommand(use, short string, done bantin.Words, do func(context.Context, *works, []string) (bantin.Bulletin, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, w *works, args []string) error {
			b, err := do(ctx, w, args)
			if err != nil {
				return err
			}
			if a.json {
				return a.line(&b)
			}
			a.say(done.VI, done.EN, b.ID)
			return nil
		}),
	}
}
