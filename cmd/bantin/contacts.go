package main

import (
	"context"
	"errors"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/store"
	"bantin/web/office"
)

// contactCommands are the subcommands of `bantin contacts`.
type contactCommands struct{ *app }

func (a contactCommands) command() *cobra.Command {
	show := &cobra.Command{
		Use:     "show ADDRESS",
		Short:   a.text("Xem một người nhận và mọi việc đã xảy ra", "Show a contact and their audit log"),
		Example: asTyped("bantin contacts show lan@example.org"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.showContact(ctx, w, args[0]) }),
	}
	erase := &cobra.Command{
		Use:     "erase ADDRESS",
		Short:   a.text("Xóa hẳn một người nhận và địa chỉ ở mọi nơi; lần nhập sau không đưa lại", "Erase a contact and their address everywhere; no import brings them back"),
		Example: asTyped("bantin contacts erase lan@example.org"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.eraseContact(ctx, w, args[0]) }),
	}
	return a.group("contacts", "Người nhận: liệt kê, nhập, xuất, thêm, xem, xóa", "List, import, export, add, show and erase contacts", a.listCommand(), a.importCommand(), a.undoCommand(), a.exportCommand(), a.addContactCommand(), show, erase)
}

func (a contactCommands) addContactCommand() *cobra.Command {
	var c bantin.Contact
	var level, language string
	add := &cobra.Command{
		Use:     "add ADDRESS",
		Short:   a.text("Thêm hoặc sửa một người nhận", "Add or update a contact"),
		Example: asTyped("bantin contacts add lan@example.org --name \"Nguyễn Thị Lan\" --place \"Phú Thọ\" --level province"),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			c.Email, c.Level, c.Language = args[0], bantin.Level(level), bantin.Language(language)
			return a.addContact(ctx, w, c)
		}),
	}
	add.Flags().StringVar(&c.Name, "name", "", a.text("họ tên (`NAME`)", "the contact's `NAME`"))
	add.Flags().StringVar(&c.Place, "place", "", a.text("tỉnh, thành phố: `PLACE` là mã hay bất cứ tên gọi nào", "the contact's province: `PLACE` is its slug or any of its names"))
	add.Flags().StringVar(&level, "level", "", a.text("`LEVEL`: central, province, district, commune, member, hay trung ương, tỉnh, huyện, xã, hội viên", "`LEVEL`: central, province, district, commune or member"))
	add.Flags().StringVar(&language, "language", "", a.text("`LANG`: vi hoặc en", "`LANG`: vi or en"))
	add.Flags().StringSliceVar(&c.Tags, "tag", nil, a.text("nhãn `TAG`; ghi được nhiều lần", "a `TAG`; can be repeated"))
	completeValues(add, "level", "central", "province", "district", "commune", "member")
	completeValues(add, "language", "vi", "en")
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
func (a contactCommands) addContact(ctx context.Context, w *deps, c bantin.Contact) error {
	checked, reason := contact.Check(c)
	if reason != nil {
		return &usageError{bantin.Say("%s %q: %s", "%s %q: %s", reason.Column, reason.Value, reason.Reason)}
	}
	for _, warning := range checked.Warnings {
		a.note("chú ý: %s", "warning: %s", warning.In(a.language))
	}
	fates, err := w.db.Imports().ApplyBatch(ctx, store.ImportBatch{Contacts: []bantin.Contact{checked.Contact}, Origin: bantin.OriginOffice,
		Secret: w.tokens.ErasedKey(), Who: operator()})
	if err != nil {
		return err
	}
	if fates[0].Is == store.ContactErased {
		a.note("Người này đã yêu cầu xóa: không thêm lại.", "This person asked to be erased: not added.")
		return &toldError{errors.New("erased")}
	}
	if a.json {
		c, err := w.db.Contacts().Get(ctx, checked.Contact.Email)
		if err != nil {
			return err
		}
		return a.printJSON(c)
	}
	switch fates[0].Is {
	case store.ContactAdded:
		a.say("Đã thêm %s", "Added %s", checked.Contact.Email)
	case store.ContactChanged:
		a.say("Đã sửa %s", "Changed %s", checked.Contact.Email)
	case store.ContactUntouched:
		a.say("%s không đổi", "%s is unchanged", checked.Contact.Email)
	}
	return nil
}

func (a contactCommands) eraseContact(ctx context.Context, w *deps, address string) error {
	object := ""
	if c, err := w.db.Contacts().Get(ctx, contact.AsStored(address)); err == nil {
		object = "contact " + office.ContactKey(w.tokens, c.ID)
	}
	err := w.recorded(ctx, bantin.ActionErase, object, "", func() error {
		return w.db.Contacts().Erase(ctx, contact.AsStored(address), w.tokens.ErasedKey())
	})
	if err != nil {
		return contactNotFound(err, address)
	}
	if a.json {
		return a.printJSON(struct {
			Erased string `json:"erased"`
		}{address})
	}
	a.say("Đã xóa %s", "Erased %s", address)
	return nil
}
