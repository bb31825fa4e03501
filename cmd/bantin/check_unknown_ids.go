package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bantin"
	"bantin/config"
	"bantin/publish/collect"
	"bantin/store"
)

// stored is what the database says about the file.
type stored struct {
	problems []config.Problem
	digests  map[string]store.DigestState
}

// lookStored looks at what is stored. A database that is not there yet, or cannot be
// read, has nothing: check looks at the file, and the commands that use the database
// report it.
func (a checkCommand) lookStored(ctx context.Context, c *config.Config) (s stored) {
	if c.Database == "" {
		if _, err := os.Stat(filepath.Join(c.Data, store.File)); errors.Is(err, fs.ErrNotExist) {
			return s
		}
	}
	opt := databaseOf(c)
	opt.NoMigrate = true
	db, err := store.Open(ctx, c.Data, opt)
	if errors.Is(err, store.ErrOlder) {
		return s // the first command that works with it brings it up to date
	}
	if err != nil {
		s.problems = []config.Problem{unreadableStore(a.config, c, err)}
		return s
	}
	defer db.Close()
	s.problems, err = storedProblems(ctx, db, a.config, c)
	if err == nil {
		s.digests, err = digestStates(ctx, db, c)
	}
	if err != nil {
		s.problems = []config.Problem{unreadableStore(a.config, c, err)}
	}
	return s
}

// storedProblems are those that the database tells of: ids that are gone from the file, and
// digests that nobody would get.
func storedProblems(ctx context.Context, db *store.DB, file string, c *config.Config) ([]config.Problem, error) {
	unknown, err := findUnknownIDs(ctx, db, file, c)
	if err != nil {
		return nil, err
	}
	nobody, err := withoutRecipients(ctx, db, file, c)
	return append(unknown, nobody...), err
}

func findUnknownIDs(ctx context.Context, db *store.DB, file string, c *config.Config) ([]config.Problem, error) {
	sources, err := db.Sources().WithItems(ctx)
	if err != nil {
		return nil, err
	}
	sources = slices.DeleteFunc(sources, func(id string) bool { return id == collect.UploadSource })
	digests, err := db.Digests().Titles(ctx)
	if err != nil {
		return nil, err
	}
	feeds, err := db.Feeds().PublishedNames(ctx, feedName)
	if err != nil {
		return nil, err
	}
	return slices.Concat(goneSources(file, c, sources), goneDigests(file, c, digests), goneFeeds(file, c, feeds)), nil
}

// feedName begins the names of feeds among what is published.
const feedName = "feed:"

// goneFeeds warns of feeds whose readers would get 404: those that no entry
// carries on or declares gone, and of clusters and topics that are no more.
func goneFeeds(file string, c *config.Config, published []string) []config.Problem {
	var known, lost []string
	for _, f := range c.Feeds {
		known = append(append(known, f.ID), f.Aliases...)
	}
	for _, name := range published {
		id := strings.TrimPrefix(name, feedName)
		base, _, _ := strings.Cut(id, "/")
		if !slices.Contains(known, base) {
			id = base
		} else if !lostCluster(c, id) && !lostTopic(c, id) {
			continue
		}
		if !slices.Contains(lost, id) {
			lost = append(lost, id)
		}
	}
	var list []config.Problem
	for _, id := range lost {
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Say("nguồn tin %q đã được công bố nhưng không còn trong tệp này: địa chỉ của nó báo 404",
			"the feed %q was published but is no longer in this file: its address answers 404", id), Hint: bantin.Say("nếu chỉ đổi tên, ghi aliases: [%s] dưới nguồn tin mới; nếu ngừng hẳn, giữ lại mục đó với gone: true",
			"if it was renamed, add aliases: [%s] to the new one; if it has ended, keep its entry with gone: true", id)})
	}
	return list
}

// lostCluster reports whether id is the feed of a cluster that is not there.
func lostCluster(c *config.Config, id string) bool {
	base, cluster, _ := strings.Cut(id, "/")
	for _, f := range c.Feeds {
		if (f.ID == base || slices.Contains(f.Aliases, base)) && f.Per == config.PerCluster && !f.Gone {
			return !slices.ContainsFunc(c.AllClusters(), func(k bantin.Cluster) bool { return k.ID == cluster })
		}
	}
	return false
}

// lostTopic is lostCluster for a topic.
func lostTopic(c *config.Config, id string) bool {
	base, topic, _ := strings.Cut(id, "/")
	for _, f := range c.Feeds {
		if (f.ID == base || slices.Contains(f.Aliases, base)) && f.Per == config.PerTopic && !f.Gone {
			return !slices.ContainsFunc(c.Topics, func(t config.Topic) bool { return t.ID == topic })
		}
	}
	return false
}

// unreadableStore is a warning where the database is a file, which may be
// another user's; one on another machine that cannot be reached is a mistake of
// its address or its rights.
func unreadableStore(file string, c *config.Config, err error) config.Problem {
	return config.Problem{File: file, Warning: c.Database == "", Message: bantin.Say("không xem được cơ sở dữ liệu: %v", "cannot read the database: %v", err)}
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
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Say("nguồn %q có tin đã lưu nhưng không còn trong tệp này",
			"the source %q has stored bulletins but is no longer in this file", id), Hint: bantin.Say("nếu chỉ đổi tên, ghi aliases: [%s] dưới nguồn mới",
			"if it was renamed, add aliases: [%s] to the new one", id)})
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
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Say("bản tin tổng hợp %q đã có trong cơ sở dữ liệu nhưng không còn trong tệp này",
			"the digest %q is in the database but no longer in this file", id), Hint: bantin.Say("trang và liên kết hủy đăng ký vẫn dùng được; nếu chỉ đổi tên, ghi aliases: [%s] dưới bản mới",
			"its pages and unsubscribe links go on; if it was renamed, add aliases: [%s] to the new one", id)})
	}
	return list
}
