package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bantin/publish/returns"
)

func (a bounceCommands) unknownCommand() *cobra.Command {
	since := 90 * 24 * time.Hour
	c := &cobra.Command{
		Use:   "unknown",
		Short: a.text("Đếm các thư trả lại mà chương trình chưa hiểu, theo cách nói", "Count the returned mail that is not understood yet, by its wording"),
		Long: a.text(`Đếm các thư trả lại và lời từ chối mà chương trình chưa hiểu, theo cách nói, không kèm
địa chỉ. Gửi những dòng hay gặp nhất cho người làm chương trình, hoặc thêm vào bảng
mailer/bounce/wording.txt: mỗi cách nói một dòng.`,
			`Count the bounces and refusals that are not understood, by their wording, without
addresses. Send the most frequent lines to the developers, or add them to the table
mailer/bounce/wording.txt: a line for each wording.`),
		Example: asTyped("bantin bounce unknown --since 31d"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.unknown(ctx, w, since) }),
	}
	c.Flags().Var(duration{&since}, "since", a.text("xem lại bao lâu", "how far back to look"))
	return c
}

func (a bounceCommands) unknown(ctx context.Context, w *deps, since time.Duration) error {
	list, err := w.returns().Unknown(ctx, time.Now().Add(-since))
	if err != nil {
		return err
	}
	for _, u := range list {
		if err := a.tellUnknown(w, u); err != nil {
			return err
		}
	}
	if len(list) == 0 && !a.json {
		a.say("Thư trả lại nào cũng hiểu được.", "All returned mail was understood.")
	}
	return nil
}

func (a bounceCommands) tellUnknown(w *deps, u returns.Unknown) error {
	if a.json {
		return a.printJSON(struct {
			Shape string    `json:"shape"`
			Kind  string    `json:"kind"`
			Count int       `json:"count"`
			Last  time.Time `json:"last"`
		}{u.Shape, string(u.Kind), u.Count, u.Last})
	}
	a.say("%d lần, lần cuối %s: %s", "%d times, last at %s: %s", u.Count, a.formatTime(u.Last, w.site.Location), u.Shape)
	return nil
}
