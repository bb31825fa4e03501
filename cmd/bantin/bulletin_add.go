package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
	"bantin/publish/collect"
	"bantin/source"
	"bantin/web/office"
)

func (a bulletinCommands) addCommand() *cobra.Command {
	var hold bool
	c := &cobra.Command{
		Use:     "add FILE",
		Short:   a.text("Đăng một tệp (.docx, .md, .txt, .html, .eml, .pdf) không qua thư mục nguồn", "Publish a file (.docx, .md, .txt, .html, .eml, .pdf) without a folder source"),
		Example: asTyped("bantin bulletins add hoi-nghi.docx --hold"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.addBulletin(ctx, w, args[0], hold) }),
	}
	c.Flags().BoolVar(&hold, "hold", false, a.text("giữ lại, bạn đọc không thấy cho tới khi release", "hold it until it is released"))
	return c
}

func (a bulletinCommands) addBulletin(ctx context.Context, w *deps, file string, hold bool) error {
	dir, err := os.MkdirTemp(w.config.Data, ".upload-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, filepath.Base(file))
	if err := copyFile(file, copied); err != nil {
		return err
	}
	var b bantin.Bulletin
	err = w.recorded(ctx, bantin.ActionAdd, filepath.Base(file), "", func() error {
		b, err = w.uploadBulletin(ctx, office.NewBulletin{File: copied, Hold: hold})
		return err
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(inSiteLanguage(w, &b))
	}
	a.say("Đã nhận: %s", "Added: %s", b.ID)
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// uploadBulletin stores the bulletin of a file that stands alone in its folder, or, for a
// preview, only reads it.
func (w *deps) uploadBulletin(ctx context.Context, n office.NewBulletin) (b bantin.Bulletin, err error) {
	spec := source.Spec{
		ID: collect.UploadSource, Kind: string(config.Folder), Path: filepath.Dir(n.File), Rest: time.Millisecond,
		Location: w.site.Location, Programs: w.programs, Web: w.client(&config.Source{Kind: config.Folder}), Now: w.now,
		Notes: func(context.Context) (map[string]string, error) { return map[string]string{"first": "0"}, nil }, // what comes is news
	}
	if !n.Preview {
		spec.Pictures, spec.Files = w.pictures, w.files
	}
	folder, err := source.Open(spec)
	if err != nil {
		return b, err
	}
	c := w.collector()
	if n.Preview {
		b, err = c.ReadUploaded(ctx, folder)
	} else {
		b, err = c.AddUploaded(ctx, folder, n.Hold)
	}
	if problem := (*source.Problem)(nil); errors.As(err, &problem) {
		return b, &office.UnreadableError{Words: problem.Words}
	}
	if errors.Is(err, bantin.ErrNotFound) {
		return b, &office.UnreadableError{Words: bantin.Say("%s không phải loại tệp nhận được; có .docx, .md, .txt, .html, .eml, .pdf",
			"%s is of no kind that can be read; there are .docx, .md, .txt, .html, .eml, .pdf", filepath.Base(n.File))}
	}
	return b, err
}
