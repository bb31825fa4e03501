package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
)

func (a contactCommands) exportCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "export",
		Short:   a.text("Xuất mọi người nhận: CSV ra đầu ra chuẩn, hoặc CSV hay XLSX vào một tệp", "Export all contacts as CSV to standard output, or as CSV or XLSX to a file"),
		Example: asTyped("bantin contacts export --out nguoi-nhan.xlsx"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.exportContacts(ctx, w, out) }),
	}
	c.Flags().StringVar(&out, "out", "", a.text("ghi vào `FILE`; đuôi .xlsx thì thành bảng tính", "write to `FILE`; a name ending in .xlsx gives a workbook"))
	return c
}

func (a contactCommands) exportContacts(ctx context.Context, w *deps, out string) error {
	if err := w.note(ctx, bantin.ActionExport, "", out); err != nil {
		return err
	}
	if a.json && out == "" {
		return a.contactLines(ctx, w)
	}
	write := contact.WriteCSV
	if strings.EqualFold(filepath.Ext(out), ".xlsx") {
		write = contact.WriteXLSX
	}
	if out == "" {
		return write(a.document(), w.db.Contacts().All(ctx))
	}
	if err := wholeFile(out, func(file io.Writer) error { return write(file, w.db.Contacts().All(ctx)) }); err != nil {
		return err
	}
	a.note("Đã ghi %s", "Wrote %s", out)
	return nil
}

func (a contactCommands) contactLines(ctx context.Context, w *deps) error {
	for c, err := range w.db.Contacts().All(ctx) {
		if err != nil {
			return err
		}
		if err := a.printJSON(c); err != nil {
			return err
		}
	}
	return nil
}

// wholeFile writes a file that only its owner may read, whole or not at all.
func wholeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".bantin-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = write(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}
