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
// A new message is in new/; the program that looks at it first moves it to cur/ and
// writes its flags after a colon. The name before the colon stays and identifies the
// message. Another program may have looked first, so both are read.
type maildir struct {
	path     string
	maxBytes int64
}

// maildirFile is a file of a Maildir.
type maildirFile struct {
	name string // without flags
	file string // path
	info fs.FileInfo
}

func (m *maildir) Each(ctx context.Context, since Cursor, take func(context.Context, *Message) error) (Cursor, error) {
	known := parseNames(since)
	if err := ctx.Err(); err != nil {
		return since, err
	}
	letters, err := m.unread(known)
	if err != nil {
		return since, fmt.Errorf("read Maildir %s: %w", m.path, err)
	}
	for _, l := range letters {
		if err := ctx.Err(); err != nil {
			return known.mark(), err
		}
		message, err := m.read(l)
		switch {
		case errors.Is(err, fs.ErrNotExist) && m.checkExists() == nil:
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

// checkExists gives the reason why the mailbox cannot be read.
func (m *maildir) checkExists() error {
	for _, dir := range []string{"new", "cur"} {
		if _, err := os.Stat(filepath.Join(m.path, dir)); err != nil {
			return err
		}
	}
	return nil
}

// unread lists unknown messages by their time of arrival.
func (m *maildir) unread(known *readNames) ([]maildirFile, error) {
	unread := map[string]maildirFile{}
	present := map[string]bool{}
	for _, dir := range []string{"new", "cur"} { // in this order, so that a message that is moved meanwhile is not missed
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
				unread[name] = maildirFile{name, filepath.Join(m.path, dir, e.Name()), info}
			}
		}
	}
	known.prune(present)
	letters := make([]maildirFile, 0, len(unread))
	for _, l := range unread {
		letters = append(letters, l)
	}
	slices.SortFunc(letters, func(a, b maildirFile) int {
		return cmp.Or(a.arrived().Compare(b.arrived()), cmp.Compare(a.name, b.name))
	})
	return letters, nil
}

// arrived is when the message was delivered: the number that its name begins with,
// else the time of the file.
func (l *maildirFile) arrived() time.Time {
	seconds, _, _ := strings.Cut(l.name, ".")
	if unix, err := strconv.ParseInt(seconds, 10, 64); err == nil && unix > 0 && unix < 1<<33 {
		return time.Unix(unix, 0)
	}
	return l.info.ModTime().Truncate(time.Second)
}

func (m *maildir) read(l maildirFile) (*Message, error) {
	f, err := os.Open(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = m.openMoved(l.name)
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

// openMoved opens a message that was moved or flagged since it was listed.
func (m *maildir) openMoved(name string) (*os.File, error) {
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
