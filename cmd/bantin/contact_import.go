package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bantin/publish/collect"
	"bantin/web/office"
)

func (a contactCommands) importCommand() *cobra.Command {
	var list collect.List
	c := &cobra.Command{
		Use:   "import FILE",
		Short: a.text("Thêm và sửa người nhận theo tệp CSV hoặc XLSX", "Add and update contacts from a CSV or XLSX file"),
		Example: asTyped(
			"bantin contacts import danh-sach.xlsx --dry-run",
			"bantin contacts import danh-sach.xlsx",
			"bantin contacts import danh-sach.xlsx --complete --dry-run"),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			list.File, list.Who = args[0], operator()
			return a.importContacts(ctx, w, list)
		}),
	}
	c.Flags().BoolVar(&list.Dry, "dry-run", false, a.text("cho biết sẽ đổi gì, không đổi gì cả", "show what would change, and change nothing"))
	c.Flags().BoolVar(&list.Complete, "complete", false, a.text("danh sách đầy đủ: ai từ danh sách này mà không còn trong đó thì thôi gửi", "the list is complete: end contacts who came by it and are no longer on it"))
	c.Flags().StringVar(&list.Name, "list", "", a.text("`NAME` của danh sách, để biết ai không còn trong đó (nếu không ghi: tên tệp)", "`NAME` of the list, used to report contacts who are no longer on it (default: the file name)"))
	return c
}

func (a contactCommands) importContacts(ctx context.Context, w *deps, list collect.List) error {
	im := w.importer()
	im.Language = a.language
	var pace speed
	done, err := im.Import(ctx, list, func(read, kept int) {
		pace.add(time.Now(), int64(kept))
		a.printProgress("đã đọc %d dòng, đã xử lý %d, %.0f dòng/giây", "%d rows read, %d dealt with, %.0f a second", read, kept, pace.perSecond())
	})
	a.clearProgress()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(importReport(&done, list.Dry).Printed())
	}
	a.tellImported(&done, list.Dry)
	return nil
}

// importUpload imports a list that was uploaded to the office's pages.
func (w *deps) importUpload(ctx context.Context, list office.ImportList) (*office.ImportReport, error) {
	im := w.importer()
	im.Language = list.Language
	done, err := im.Import(ctx, collect.List{File: list.File, Who: list.Who, Dry: list.Dry, KeepRejected: true, Complete: list.Complete}, func(int, int) {})
	if err != nil {
		return nil, err
	}
	return importReport(&done, list.Dry), nil
}
