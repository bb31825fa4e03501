package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
	"bantin/web/office"
)

// tokenFlags are the flags of `bantin office token`.
type tokenFlags struct {
	write, revoke bool
	days          int
}

func (a officeCommands) tokenCommand() *cobra.Command {
	f := tokenFlags{}
	c := &cobra.Command{
		Use:     "token NAME",
		Short:   a.text("Tạo một mã để chương trình đọc các trang của văn phòng, hoặc thu hồi nó", "Make a token with which a program reads the office's pages, or revoke it"),
		Example: asTyped("bantin office token thong-ke", "bantin office token dieu-khien --write --days 30", "bantin office token thong-ke --revoke"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.token(ctx, w, args[0], f) }),
	}
	c.Flags().BoolVar(&f.write, "write", false, a.text("được cả làm, không chỉ xem", "it may act, and not only read"))
	c.Flags().BoolVar(&f.revoke, "revoke", false, a.text("thu hồi mã có tên này", "revoke the token of this name"))
	c.Flags().IntVar(&f.days, "days", 90, a.text("dùng được bao nhiêu ngày (`N`)", "how many days (`N`) it works"))
	return c
}

// officeToken is what `office token` prints as JSON.
type officeToken struct {
	Name    string    `json:"name"`
	Token   string    `json:"token"`
	Write   bool      `json:"write"`
	Expires time.Time `json:"expires"`
}

func (a officeCommands) token(ctx context.Context, w *deps, name string, f tokenFlags) error {
	if f.revoke {
		err := w.db.Office().RevokeToken(ctx, name, operator())
		if errors.Is(err, bantin.ErrNotFound) {
			return &notFoundError{err, bantin.Say("Không có mã %q.", "there is no token %q", name)}
		}
		if err == nil {
			a.note("Đã thu hồi mã %s.", "Revoked the token %s.", name)
		}
		return err
	}
	if f.days < 1 || f.days > 3660 {
		return wrongUsage("--days %d: từ 1 đến 3660", "--days %d: want 1 to 3660", f.days)
	}
	row := officeToken{Name: name, Token: rand.Text(), Write: f.write, Expires: w.now().AddDate(0, 0, f.days).Truncate(time.Second)}
	err := w.db.Office().AddToken(ctx, store.OfficeToken{Hash: office.HashToken(row.Token), Name: name, MayWrite: f.write, Expires: row.Expires}, operator())
	if errors.Is(err, store.ErrTokenExists) {
		return wrongUsage("đã có mã %q: thu hồi nó bằng --revoke, hoặc chọn tên khác", "there is a token %q: revoke it with --revoke, or choose another name", name)
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(row)
	}
	fmt.Fprintln(a.out, row.Token)
	a.note("Mã này chỉ hiện một lần. Dùng được đến %s.", "The token is shown this once. It works until %s.", a.formatTime(row.Expires, w.site.Location))
	return nil
}
