package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
)

// verdictCommands are how a person has the last word on a bulletin.
func (a bulletinCommands) verdictCommands() []*cobra.Command {
	release := a.verdictCommand("release ID", a.text("Cho bạn đọc thấy một tin bị giữ hoặc đã rút", "Publish a bulletin that was held or withdrawn"),
		bantin.Words{VI: "Bạn đọc thấy %s", EN: "Published %s"},
		func(ctx context.Context, w *deps, args []string) (bantin.Bulletin, error) {
			return w.db.Bulletins().Release(ctx, args[0], w.atlas.Tags)
		})
	merge := a.verdictCommand("merge ID OTHER", a.text("Nhập hai tin cùng nội dung làm một: tin đầu ở lại", "Merge two bulletins about the same story into the first"),
		bantin.Words{VI: "Đã nhập vào %s", EN: "Merged into %s"},
		func(ctx context.Context, w *deps, args []string) (bantin.Bulletin, error) {
			return w.db.Bulletins().Merge(ctx, args[0], args[1])
		})
	renew := a.verdictCommand("renew ID", a.text("Nội dung hiện nay của một tin là tin mới; tin cũ trong kho lưu trở thành tin mới", "Make what a bulletin says now a new bulletin, or history news"),
		bantin.Words{VI: "Tin mới: %s", EN: "New bulletin: %s"},
		func(ctx context.Context, w *deps, args []string) (bantin.Bulletin, error) {
			return w.collector().Renew(ctx, args[0])
		})
	return []*cobra.Command{a.addCommand(), a.withdrawCommand(), a.holdCommand(), release, a.correctCommand(), merge, renew}
}

func (a bulletinCommands) withdrawCommand() *cobra.Command {
	var reason string
	withdraw := a.verdictCommand("withdraw ID", a.text("Rút một tin vĩnh viễn: trang của nó ghi rõ đã rút", "Withdraw a bulletin for good; its page says so"),
		bantin.Words{VI: "Đã rút %s", EN: "Withdrew %s"},
		func(ctx context.Context, w *deps, args []string) (bantin.Bulletin, error) {
			return w.db.Bulletins().WithdrawAnnounced(ctx, args[0], bantin.Shorten(oneLine(reason), bantin.MaxAnnouncement))
		})
	withdraw.Flags().StringVar(&reason, "reason", "", a.text("vì sao (`TEXT`): kỳ tới của mỗi bản tin tổng hợp đã đăng tin này nói ở đầu thư", "the reason (`TEXT`): the next edition of each digest that carried it says so at its head"))
	return withdraw
}

func (a bulletinCommands) holdCommand() *cobra.Command {
	var reason string
	hold := a.verdictCommand("hold ID", a.text("Giữ một tin lại, bạn đọc không thấy cho tới khi release", "Hold a bulletin until it is released"),
		bantin.Words{VI: "Đã giữ lại %s", EN: "Held %s"},
		func(ctx context.Context, w *deps, args []string) (bantin.Bulletin, error) {
			why := oneLine(reason)
			if why == "" {
				why = w.site.Language.Say("văn phòng giữ lại", "the office holds it")
			}
			return w.db.Bulletins().Hold(ctx, args[0], why)
		})
	hold.Flags().StringVar(&reason, "reason", "", a.text("vì sao (`TEXT`), cho người xem sau", "the reason (`TEXT`), for the record"))
	return hold
}

// verdictCommand makes a command that does one thing to one bulletin and shows
// what became of it: done has a place for its id.
func (a bulletinCommands) verdictCommand(use, short string, done bantin.Words, do func(context.Context, *deps, []string) (bantin.Bulletin, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: asTyped("bantin bulletins " + strings.NewReplacer("ID", "van-phong-thuyen-sach", "OTHER", "website-118").Replace(use)),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			var b bantin.Bulletin
			what, _, _ := strings.Cut(use, " ")
			err := w.recorded(ctx, bantin.ActionKind(what), args[0], "", func() (err error) {
				b, err = do(ctx, w, args)
				return err
			})
			if err != nil {
				return bulletinNotFound(err, w.firstAbsent(ctx, args))
			}
			if a.json {
				return a.printJSON(inSiteLanguage(w, &b))
			}
			a.say(done.VI, done.EN, b.ID)
			return nil
		}),
	}
}

// firstAbsent is the first of the ids that no bulletin has.
func (w *deps) firstAbsent(ctx context.Context, ids []string) string {
	for _, id := range ids {
		if _, err := w.db.Bulletins().Get(ctx, id); errors.Is(err, bantin.ErrNotFound) {
			return id
		}
	}
	return ""
}
