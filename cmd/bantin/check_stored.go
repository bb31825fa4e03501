package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bantin"
	"bantin/config"
	"bantin/store"
)

// strangers warns of ids under which things are stored and which the file no
// longer knows. A database that is not there yet, or cannot be read, has none:
// check looks at the file, and whoever works with the database reports it.
func (a *app) strangers(ctx context.Context, c *config.Config) []config.Problem {
	if _, err := os.Stat(filepath.Join(c.Data, store.File)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return []config.Problem{unreadableStore(a.config, err)}
	}
	db, err := store.Open(ctx, c.Data, store.Options{})
	if err != nil {
		return []config.Problem{unreadableStore(a.config, err)}
	}
	defer db.Close()
	sources, err := db.ItemSources(ctx)
	if err != nil {
		return []config.Problem{unreadableStore(a.config, err)}
	}
	digests, err := db.DigestIDs(ctx)
	if err != nil {
		return []config.Problem{unreadableStore(a.config, err)}
	}
	return append(goneSources(a.config, c, sources), goneDigests(a.config, c, digests)...)
}

func unreadableStore(file string, err error) config.Problem {
	return config.Problem{File: file, Warning: true, Message: bantin.Words{
		VI: fmt.Sprintf("không xem được cơ sở dữ liệu: %v", err),
		EN: fmt.Sprintf("the database cannot be looked at: %v", err),
	}}
}

func goneSources(file string, c *config.Config, stored []string) []config.Problem {
	var known []string
	for _, s := range c.Sources {
		known = append(append(known, s.ID), s.Aliases...)
	}
	var list []config.Problem
	for _, id := range stored {
		if slices.Contains(known, id) {
			continue
		}
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Words{
			VI: fmt.Sprintf("nguồn %q có bản tin đã lưu nhưng không còn trong tệp này", id),
			EN: fmt.Sprintf("the source %q has stored bulletins and is no longer in this file", id),
		}, Hint: bantin.Words{
			VI: fmt.Sprintf("nếu chỉ đổi tên, ghi aliases: [%s] dưới nguồn mới", id),
			EN: fmt.Sprintf("if it was renamed, write aliases: [%s] under the new one", id),
		}})
	}
	return list
}

func goneDigests(file string, c *config.Config, stored map[string]string) []config.Problem {
	for _, d := range c.Digests {
		delete(stored, d.ID)
		for _, alias := range d.Aliases {
			delete(stored, alias)
		}
	}
	var ids []string
	for id := range stored {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var list []config.Problem
	for _, id := range ids {
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Words{
			VI: fmt.Sprintf("bản tổng hợp %q đã có trong cơ sở dữ liệu nhưng không còn trong tệp này", id),
			EN: fmt.Sprintf("the digest %q is in the database and no longer in this file", id),
		}, Hint: bantin.Words{
			VI: fmt.Sprintf("trang và liên kết hủy đăng ký vẫn dùng được; nếu chỉ đổi tên, ghi aliases: [%s] dưới bản mới", id),
			EN: fmt.Sprintf("its pages and unsubscribe links go on; if it was renamed, write aliases: [%s] under the new one", id),
		}})
	}
	return list
}
