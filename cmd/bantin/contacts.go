package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/publish"
)

func (a *app) contactsCommand() *cobra.Command {
	var dry bool
	imports := &cobra.Command{
		Use:   "import FILE",
		Short: "Add and update contacts from a CSV file",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.importContacts(cmd.Context(), args[0], dry) },
	}
	imports.Flags().BoolVar(&dry, "dry-run", false, "say what would change and change nothing")
	export := &cobra.Command{
		Use:   "export",
		Short: "Write all contacts as CSV on standard output",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.exportContacts(cmd.Context()) },
	}
	show := &cobra.Command{
		Use:   "show ADDRESS",
		Short: "Show one contact",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.showContact(cmd.Context(), args[0]) },
	}
	erase := &cobra.Command{
		Use:   "erase ADDRESS",
		Short: "Remove a contact and her address everywhere; the next import does not bring her back",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.eraseContact(cmd.Context(), args[0]) },
	}
	return group("contacts", "Contacts", imports, export, a.addContactCommand(), show, erase)
}

func (a *app) addContactCommand() *cobra.Command {
	var c bantin.Contact
	var level, language string
	add := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Add one contact, or update her",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Email, c.Level, c.Language = args[0], bantin.Level(level), bantin.Language(language)
			return a.addContact(cmd.Context(), c)
		},
	}
	add.Flags().StringVar(&c.Name, "name", "", "her name")
	add.Flags().StringVar(&c.Place, "place", "", "her province: its slug or any of its names")
	add.Flags().StringVar(&level, "level", "", "central, province, district, commune or member")
	add.Flags().StringVar(&language, "language", "", "vi or en")
	add.Flags().StringSliceVar(&c.Tags, "tag", nil, "a tag; may be given several times")
	return add
}

func (a *app) importContacts(ctx context.Context, file string, dry bool) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	im := w.importer()
	im.Language = a.language
	done, err := im.Import(ctx, file, dry, func(rows int) {
		a.progress("%d dòng", "%d rows", rows)
	})
	a.progressDone()
	if err != nil {
		return err
	}
	if a.json {
		return a.line(importedJSON(&done, dry))
	}
	a.tellImported(&done, dry)
	return nil
}

func (a *app) tellImported(d *publish.Imported, dry bool) {
	if dry {
		a.say("Chạy thử, không ghi gì:", "A dry run, nothing is kept:")
	}
	a.say("%d dòng: %d thêm, %d đổi, %d giữ nguyên, %d không nhận", "%d rows: %d added, %d changed, %d untouched, %d rejected",
		d.Rows, d.Added, d.Changed, d.Untouched, d.Refused)
	tell := func(n int, vi, en string) {
		if n > 0 {
			a.say("  "+vi, "  "+en, n)
		}
	}
	tell(d.Twice, "%d dòng có địa chỉ đã gặp trong tệp: dòng sau bổ sung dòng trước", "%d with an address that came before in the file: the later row adds to the earlier")
	tell(d.Left, "%d người đã ngừng nhận hoặc bị chặn: vẫn giữ như vậy", "%d have left or are suppressed: they stay so")
	tell(d.Erased, "%d người đã yêu cầu xóa: không đưa lại", "%d were erased: they are not brought back")
	for _, bad := range d.Rejected {
		a.note("  dòng %d, %s: %s", "  line %d, %s: %s", bad.Line, strings.TrimSpace(fmt.Sprintf("%s %q", bad.Column, bad.Value)), bad.Reason.In(a.language))
	}
	if more := d.Refused - len(d.Rejected); more > 0 {
		a.note("  … và %d dòng không nhận nữa", "  … and %d more rejected rows", more)
	}
	for _, warning := range d.Warnings {
		a.note("  dòng %d, chú ý: %s", "  line %d, warning: %s", warning.Line, warning.Words.In(a.language))
	}
	if more := d.Warned - len(d.Warnings); more > 0 {
		a.note("  … và %d chú ý nữa", "  … and %d more warnings", more)
	}
	if d.File != "" {
		a.note("Các dòng không nhận nằm trong %s: sửa rồi nhập lại tệp đó.", "The rejected rows are in %s: mend them and import that file.", d.File)
	}
	for _, r := range d.Digests {
		a.say("Bản tin %s: %d người trong tệp sẽ nhận", "Digest %s: %d of the file's people will get it", r.Digest, r.Rows)
	}
}

func importedJSON(d *publish.Imported, dry bool) any {
	type rejected struct {
		Line   int    `json:"line"`
		Column string `json:"column,omitempty"`
		Value  string `json:"value,omitempty"`
		Reason string `json:"reason"`
	}
	type warning struct {
		Line    int    `json:"line"`
		Message string `json:"message"`
	}
	out := struct {
		DryRun    bool                  `json:"dry_run,omitempty"`
		Rows      int                   `json:"rows"`
		Added     int                   `json:"added"`
		Changed   int                   `json:"changed"`
		Untouched int                   `json:"untouched"`
		Rejected  int                   `json:"rejected"`
		Repeated  int                   `json:"repeated,omitempty"`
		Left      int                   `json:"left,omitempty"`
		Erased    int                   `json:"erased,omitempty"`
		Problems  []rejected            `json:"problems,omitempty"`
		Warnings  []warning             `json:"warnings,omitempty"`
		File      string                `json:"rejected_file,omitempty"`
		Digests   []publish.DigestReach `json:"digests,omitempty"`
	}{dry, d.Rows, d.Added, d.Changed, d.Untouched, d.Refused, d.Twice, d.Left, d.Erased, nil, nil, d.File, d.Digests}
	for _, bad := range d.Rejected {
		out.Problems = append(out.Problems, rejected{bad.Line, bad.Column, bad.Value, bad.Reason.EN})
	}
	for _, w := range d.Warnings {
		out.Warnings = append(out.Warnings, warning{w.Line, w.Words.EN})
	}
	return out
}

func (a *app) exportContacts(ctx context.Context) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if !a.json {
		return contact.WriteCSV(a.out, w.db.Contacts(ctx))
	}
	for c, err := range w.db.Contacts(ctx) {
		if err != nil {
			return err
		}
		if err := a.line(c); err != nil {
			return err
		}
	}
	return nil
}

// addContact checks what the command line says as an import would.
func (a *app) addContact(ctx context.Context, c bantin.Contact) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	checked, reason := contact.Check(c)
	if reason != nil {
		return &usageError{fmt.Errorf("%s %q: %s", reason.Column, reason.Value, reason.Reason.In(a.language))}
	}
	for _, warning := range checked.Warnings {
		a.note("chú ý: %s", "warning: %s", warning.In(a.language))
	}
	sum, err := w.db.ImportContacts(ctx, []bantin.Contact{checked.Contact}, bantin.OriginOffice, w.tokens.ErasedKey(), false)
	switch {
	case err != nil:
		return err
	case sum.Erased > 0:
		a.note("Người này đã yêu cầu xóa: không thêm lại.", "This person was erased on request: not added.")
		return &failure{errors.New("erased")}
	case sum.Added > 0:
		a.say("Đã thêm %s", "Added %s", checked.Contact.Email)
	case sum.Changed > 0:
		a.say("Đã sửa %s", "Changed %s", checked.Contact.Email)
	default:
		a.say("%s không đổi", "%s is unchanged", checked.Contact.Email)
	}
	return nil
}

func (a *app) eraseContact(ctx context.Context, address string) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.db.EraseContact(ctx, address, w.tokens.ErasedKey()); err != nil {
		return err
	}
	a.say("Đã xóa %s", "Erased %s", address)
	return nil
}
