package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/mailer"
	"bantin/web/office"
)

// officeCommands are the subcommands of `bantin office`.
type officeCommands struct{ *app }

func (a officeCommands) command() *cobra.Command {
	link := &cobra.Command{
		Use:     "link [ADDRESS]",
		Short:   a.text("In một liên kết để vào trang của văn phòng, dùng được 15 phút", "Print a link to sign in to the office's pages, good for 15 minutes"),
		Example: asTyped("bantin office link lan@example.org"),
		Args:    cobra.MaximumNArgs(1),
		RunE:    a.does(a.link),
	}
	return a.group("office", "Các trang của văn phòng", "The office's pages", link, a.tokenCommand())
}

// officeLink is what `office link` prints as JSON.
type officeLink struct {
	Address string    `json:"address"`
	Link    string    `json:"link"`
	Expires time.Time `json:"expires"`
}

// link makes a link where mail does not work yet. Who may run commands may read the
// database, so that it needs no other proof; it is written to the audit log.
func (a officeCommands) link(ctx context.Context, w *deps, args []string) error {
	address, err := w.officePerson(args)
	if err != nil {
		return err
	}
	nonce, expires := office.NewNonce(), w.now().Add(office.LinkTTL).Truncate(time.Second)
	token, err := w.tokens.LinkToken(mailer.PurposeSignIn, nonce, expires)
	if err != nil {
		return err
	}
	if err := w.db.Office().NewLink(ctx, address, nonce, expires, operator()); err != nil {
		return err
	}
	row := officeLink{address, w.site.LinkIn(a.language, "/office/sign-in/"+token), expires}
	if a.json {
		return a.printJSON(row)
	}
	fmt.Fprintln(a.out, row.Link)
	a.note("Liên kết của %s, dùng được một lần, đến %s.", "The link of %s works once, until %s.", address, a.formatTime(expires, w.site.Location))
	return nil
}

// officePerson is the one of the list who is named, or the only one.
func (w *deps) officePerson(args []string) (string, error) {
	if w.config.Office == nil {
		return "", wrongUsage("%s không có khóa office: trang của văn phòng chưa mở; thêm office: {people: [lan@example.org]}", "%s has no key office, so there are no office pages: add office: {people: [lan@example.org]}", w.config.Path)
	}
	people := w.config.Office.People
	if len(args) == 0 {
		if len(people) == 1 {
			return people[0], nil
		}
		return "", wrongUsage("liên kết cho ai? Có %s", "a link for whom? There is %s", strings.Join(people, ", "))
	}
	at := slices.IndexFunc(people, func(p string) bool { return bantin.AddressKey(p) == bantin.AddressKey(args[0]) })
	if at < 0 {
		return "", wrongUsage("%s không có trong office.people: có %s", "%s is not in office.people: there is %s", args[0], strings.Join(people, ", "))
	}
	return people[at], nil
}
