package collect

import (
	"bantin/schedule"
	"context"
	"fmt"
	"os"
	"time"
)

// watchInterval is how often the file of a list is looked at.
const watchInterval = 2 * time.Second

// Watch imports a list of contacts at start and when its file changed, until ctx
// ends.
func (im *Importer) Watch(ctx context.Context, file string) {
	var known string
	schedule.Repeat(ctx, watchInterval, nil, func(ctx context.Context) {
		version, err := fileVersion(file)
		if err != nil {
			version = err.Error()
		}
		if version == known {
			return
		}
		known = version
		if err == nil {
			err = im.importWatched(ctx, file)
		}
		if err != nil && ctx.Err() == nil {
			im.Log.Error("the list of contacts cannot be imported", "file", file, "error", err)
		}
	})
}

func (im *Importer) importWatched(ctx context.Context, file string) error {
	list := List{File: file, Who: "bantin run"}
	if same, err := im.Imported(ctx, list); err != nil || same {
		return err
	}
	done, err := im.Import(ctx, list, func(_, _ int) {})
	if err != nil {
		return err
	}
	im.Log.Info("contacts imported", "file", file, "added", done.Added, "changed", done.Changed, "untouched", done.Untouched, "rejected", done.Refused)
	const maxLogged = 20
	for _, bad := range done.Rejected[:min(len(done.Rejected), maxLogged)] {
		im.Log.Warn("a row of the list of contacts is not taken", "line", bad.Line, "column", bad.Column, "reason", bad.Reason.In(im.Language))
	}
	return nil
}

// fileVersion changes when the file does.
func fileVersion(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size()), nil
}
