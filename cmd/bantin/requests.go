package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
	"bantin/web/office"
)

// requestCommands are the subcommands of `bantin requests`.
type requestCommands struct{ *app }

func (a requestCommands) command() *cobra.Command {
	var all bool
	list := &cobra.Command{
		Use:     "list",
		Short:   a.text("Liệt kê các yêu cầu chờ trả lời, gấp nhất trước", "List the requests that wait for an answer, the most urgent first"),
		Example: asTyped("bantin requests list", "bantin requests list --all --json"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.listRequests(ctx, w, all) }),
	}
	list.Flags().BoolVar(&all, "all", false, a.text("cả các yêu cầu đã trả lời", "answered ones too"))
	var answer string
	done := &cobra.Command{
		Use:     "done NUMBER",
		Short:   a.text("Ghi là đã trả lời một yêu cầu", "Note that a request was answered"),
		Example: asTyped("bantin requests done 7 --answer \"đã gửi dữ liệu qua thư\""),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			return a.finishRequest(ctx, w, args[0], answer)
		}),
	}
	done.Flags().StringVar(&answer, "answer", "", a.text("đã trả lời thế nào (`TEXT`)", "how it was answered (`TEXT`)"))
	return a.group("requests", "Yêu cầu của người nhận về dữ liệu của họ, và hạn trả lời", "Requests of people about their data, and when they are due", list, a.addRequestCommand(), done)
}

func (a requestCommands) addRequestCommand() *cobra.Command {
	var arrived, due, note string
	add := &cobra.Command{
		Use:   "add ADDRESS KIND",
		Short: a.text("Ghi lại một yêu cầu: KIND là access (xem), correct (sửa) hay erase (xóa)", "Write down a request: KIND is access, correct or erase"),
		Example: asTyped(
			"bantin requests add lan@example.org access --note \"thư ngày 1/12\"",
			"bantin requests add lan@example.org erase --arrived 2026-12-01T09:00 --due 2026-12-04T09:00"),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			r := bantin.DataRequest{Email: args[0], Kind: bantin.RequestKind(args[1]), Note: note, By: operator()}
			var err error
			if arrived != "" {
				if r.Arrived, err = parseTime(arrived, w.site.Location); err != nil {
					return err
				}
			}
			if due != "" {
				if r.Due, err = parseTime(due, w.site.Location); err != nil {
					return err
				}
			}
			return a.addRequest(ctx, w, r)
		}),
	}
	add.Flags().StringVar(&arrived, "arrived", "", a.text("đến lúc `TIME`; không ghi thì bây giờ", "it arrived at `TIME` (default: now)"))
	add.Flags().StringVar(&due, "due", "", a.text("phải trả lời trước `TIME`; không ghi thì theo office.answer_within", "it is due at `TIME` (default: by office.answer_within)"))
	add.Flags().StringVar(&note, "note", "", a.text("ghi chú (`TEXT`)", "a note (`TEXT`)"))
	return add
}

func (a requestCommands) addRequest(ctx context.Context, w *deps, r bantin.DataRequest) error {
	r, wrong := office.NewRequest(r, w.now(), w.config.AnswerWithin())
	if wrong != nil {
		return &usageError{*wrong}
	}
	err := w.recorded(ctx, bantin.ActionRequest, r.Email, string(r.Kind), func() (err error) {
		r, err = w.db.DataRequests().Add(ctx, r)
		return err
	})
	if err != nil {
		return err
	}
	return a.tellRequest(w, &r)
}

func (a requestCommands) finishRequest(ctx context.Context, w *deps, number, answer string) error {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return wrongUsage("%q không phải một số: `bantin requests list` cho biết có những yêu cầu nào", "%q is no number: `bantin requests list` lists them", number)
	}
	var r bantin.DataRequest
	err = w.recorded(ctx, bantin.ActionAnswered, office.RequestObject(id), "", func() (err error) {
		r, err = w.db.DataRequests().Finish(ctx, id, operator(), answer)
		return err
	})
	if errors.Is(err, store.ErrRequestDone) {
		a.note("Yêu cầu này đã được trả lời.", "The request was answered already.")
		return &toldError{err}
	}
	if err != nil {
		return notFound(err, "yêu cầu", number, "bantin requests list --all")
	}
	return a.tellRequest(w, &r)
}

func (a requestCommands) listRequests(ctx context.Context, w *deps, all bool) error {
	list, err := w.db.DataRequests().Open(ctx)
	if err != nil {
		return err
	}
	if all {
		done, err := w.db.DataRequests().Done(ctx, 1000)
		if err != nil {
			return err
		}
		list = append(list, done...)
	}
	if len(list) == 0 && !a.json {
		a.note("Không có yêu cầu nào.", "There are no requests.")
	}
	for i := range list {
		if err := a.tellRequest(w, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a requestCommands) tellRequest(w *deps, r *bantin.DataRequest) error {
	if a.json {
		row := office.RequestJSON{DataRequest: *r}
		return a.printJSON(row)
	}
	who := r.Email
	if who == "" {
		who = a.text("(đã xóa)", "(erased)")
	}
	at := func(t time.Time) string { return a.formatTime(t, w.site.Location) }
	switch {
	case !r.Open():
		a.say("%d  %s %s: đã trả lời lúc %s", "%d  %s %s: answered at %s", r.ID, who, r.Kind.Words().In(a.language), at(r.Done))
	case r.Due.Before(w.now()):
		a.say("%d  %s %s: quá hạn từ %s", "%d  %s %s: overdue since %s", r.ID, who, r.Kind.Words().In(a.language), at(r.Due))
	default:
		a.say("%d  %s %s: hạn trả lời %s", "%d  %s %s: due at %s", r.ID, who, r.Kind.Words().In(a.language), at(r.Due))
	}
	a.detail("đến lúc", "arrived", at(r.Arrived))
	a.detail("ghi chú", "note", r.Note)
	a.detail("trả lời", "answer", r.Answer)
	return nil
}
