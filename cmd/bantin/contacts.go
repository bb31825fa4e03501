package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

func (a *app) contactsCommand() *cobra.Command {
	show := &cobra.Command{
		Use:   "show ADDRESS",
		Short: "Show one contact and all that happened to her",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, w *works, args []string) error { return a.showContact(ctx, w, args[0]) }),
	}
	erase := &cobra.Command{
		Use:   "erase ADDRESS",
		Short: "Remove a contact and her address everywhere; the next import does not bring her back",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, w *works, args []string) error { return a.eraseContact(ctx, w, args[0]) }),
	}
	return group("contacts", "Contacts", a.importCommand(), a.undoCommand(), a.exportCommand(), a.addContactCommand(), show, erase)
}

func (a *app) addContactCommand() *cobra.Command {
	var c bantin.Contact
	var level, language string
	add := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Add one contact, or update her",
		Args:  cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, w *works, args []string) error {
			c.Email, c.Level, c.Language = args[0], bantin.Level(level), bantin.Language(language)
			return a.addContact(ctx, w, c)
		}),
	}
	add.Flags().StringVar(&c.Name, "name", "", "her name")
	add.Flags().StringVar(&c.Place, "place", "", "her province: its slug or any of its names")
	add.Flags().StringVar(&level, "level", "", "central, province, district, commune or member")
	add.Flags().StringVar(&language, "language", "", "vi or en")
	add.Flags().StringSliceVar(&c.Tags, "tag", nil, "a tag; may be given several times")
	return add
}

// operator is who runs the command, for the record: the person behind sudo.
func operator() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// addContact checks what the command line says as an import would.
func (a *app) addContact(ctx context.Context, w *works, c bantin.Contact) error {
	checked, reason := contact.Check(c)
	if reason != nil {
		return &usageError{fmt.Errorf("%s %q: %s", reason.Column, reason.Value, reason.Reason.In(a.language))}
	}
	for _, warning := range checked.Warnings {
		a.note("chú ý: %s", "warning: %s", warning.In(a.language))
	}
	fates, err := w.db.ImportBatch(ctx, store.Batch{Contacts: []bantin.Contact{checked.Contact}, Origin: bantin.OriginOffice,
		Secret: w.tokens.ErasedKey(), Who: operator()})
	if err != nil {
		return err
	}
	switch fates[0].Is {
	case store.FateErased:
		a.note("Người này đã yêu cầu xóa: không thêm lại.", "This person was erased on request: not added.")
		return &failure{errors.New("erased")}
	case store.FateAdded:
		a.say("Đã thêm %s", "Added %s", checked.Contact.Email)
	case store.FateChanged:
		a.say("Đã sửa %s", "Changed %s", checked.Contact.Email)
	case store.FateUntouched:
		a.say("%s không đổi", "%s is unchanged", checked.Contact.Email)
	}
	return nil
}

func (a *app) eraseContact(ctx context.Context, w *works, address string) error {
	if err := w.db.EraseContact(ctx, address, w.tokens.ErasedKey()); err != nil {
		return err
	}
	a.say("Đã xóa %s", "Erased %s", address)
	return nil
}
