package mailbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maildir is a directory with one file a message (https://cr.yp.to/proto/maildir.html).
// A message is new in new/; whoever looks at it moves it to cur/ and writes its
// flags behind a colon. The name before the colon stays, and is what it is known
// by. Nobody says that we are the first to look, so both are read.
type maildir struct {
	path     string
	maxBytes int64
}

// letter is a file of a Maildir.
type letter struct {
	name string // without flags
	file string // path
	info fs.FileInfo
}

func (m *maildir) Each(ctx context.Context, since Mark, take func(context.Context, *Message) error) (Mark, error) {
	known := parseNames(since)
	if err := ctx.Err(); err != nil {
		return since, err
	}
	letters, err := m.letters(known)
	if err != nil {
		return since, fmt.Errorf("read Maildir %s: %w", m.path, err)
	}
	for _, l := range letters {
		if err := ctx.Err(); err != nil {
			return known.mark(), err
		}
		message, err := m.read(l)
		switch {
		case errors.Is(err, fs.ErrNotExist) && m.there() == nil:
			continue // somebody deleted it meanwhile
		case err != nil:
			return known.mark(), fmt.Errorf("read Maildir %s: %w", m.path, err)
		}
		switch err := take(ctx, message); {
		case err == nil:
			known.add(l.name)
		case !errors.Is(err, ErrLater):
			return known.mark(), err
		}
	}
	return known.mark(), nil
}

// there reports why the box cannot be read.
func (m *maildir) there() error {
	for _, dir := range []string{"new", "cur"} {
		if _, err := os.Stat(filepath.Join(m.path, dir)); err != nil {
			return err
		}
	}
	return nil
}

// letters lists what is not known, by its time of arrival.
func (m *maildir) letters(known *names) ([]letter, error) {
	unread := map[string]letter{}
	present := map[string]bool{}
	for _, dir := range []string{"new", "cur"} { // in this order, so that one that moves meanwhile is not missed
		entries, err := os.ReadDir(filepath.Join(m.path, dir))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name, flags, _ := strings.Cut(e.Name(), ":")
			if strings.HasPrefix(name, ".") || !e.Type().IsRegular() {
				continue
			}
			present[name] = true
			if known.has(name) || strings.Contains(flags, "T") {
				continue
			}
			if info, err := e.Info(); err == nil {
				unread[name] = letter{name, filepath.Join(m.path, dir, e.Name()), info}
			}
		}
	}
	known.prune(present)
	letters := make([]letter, 0, len(unread))
	for _, l := range unread {
		letters = append(letters, l)
	}
	slices.SortFunc(letters, func(a, b letter) int {
		return cmp.Or(a.arrived().Compare(b.arrived()), cmp.Compare(a.name, b.name))
	})
	return letters, nil
}

// arrived is when the file was delivered: its name begins with that, else the
// file's own time says it.
func (l *letter) arrived() time.Time {
	seconds, _, _ := strings.Cut(l.name, ".")
	if unix, err := strconv.ParseInt(seconds, 10, 64); err == nil && unix > 0 && unix < 1<<33 {
		return time.Unix(unix, 0)
	}
	return l.info.ModTime().Truncate(time.Second)
}

func (m *maildir) read(l letter) (*Message, error) {
	f, err := os.Open(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = m.moved(l.name)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, m.maxBytes))
	if err != nil {
		return nil, err
	}
	return &Message{Name: l.name, Arrived: l.arrived(), Size: max(l.info.Size(), int64(len(raw))), Raw: raw}, nil
}

// moved opens a letter that somebody looked at or flagged since it was listed.
func (m *maildir) moved(name string) (*os.File, error) {
	entries, err := os.ReadDir(filepath.Join(m.path, "cur"))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if base, _, _ := strings.Cut(e.Name(), ":"); base == name {
			return os.Open(filepath.Join(m.path, "cur", e.Name()))
		}
	}
	return nil, fs.ErrNotExist
}
