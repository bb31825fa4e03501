package publish

import (
	"bantin/publish/collect"
	"bantin/schedule"
	"context"
	"fmt"
	"os"
	"time"
)

// contactsInterval is how often the file of the list is looked at.
const contactsInterval = 2 * time.Second

// contactsLoop imports the list of contacts at start and when its file changed.
func (d *Daemon) contactsLoop(ctx context.Context) {
	var known string
	schedule.Repeat(ctx, contactsInterval, nil, func(ctx context.Context) {
		version, err := fileVersion(d.Contacts)
		if err != nil {
			version = err.Error()
		}
		if version == known {
			return
		}
		known = version
		if err == nil {
			err = d.importContacts(ctx)
		}
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the list of contacts cannot be imported", "file", d.Contacts, "error", err)
		}
	})
}

func (d *Daemon) importContacts(ctx context.Context) error {
	list := collect.List{File: d.Contacts, Who: "bantin run"}
	if same, err := d.Importer.Imported(ctx, list); err != nil || same {
		return err
	}
	done, err := d.Importer.Import(ctx, list, func(_, _ int) {})
	if err != nil {
		return err
	}
	d.Log.Info("contacts imported", "file", d.Contacts, "added", done.Added, "changed", done.Changed, "untouched", done.Untouched, "rejected", done.Refused)
	const mostLogged = 20
	for _, bad := range done.Rejected[:min(len(done.Rejected), mostLogged)] {
		d.Log.Warn("a row of the list of contacts is not taken", "line", bad.Line, "column", bad.Column, "reason", bad.Reason.In(d.Importer.Language))
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
