package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/internal/imaptest"
	"bantin/mailbox"
)

// stand is a box of one kind with the means to fill it.
type stand struct {
	box     mailbox.Box
	deliver func(raw string)
}

func message(subject string) string {
	return "From: Văn phòng <vanphong@example.org>\r\nSubject: " + subject + "\r\n\r\nKính gửi các tỉnh, thành hội.\r\n"
}

// TestBoxes holds all kinds of boxes to the same promises.
func TestBoxes(t *testing.T) {
	kinds := map[string]func(*testing.T) stand{
		"maildir": func(t *testing.T) stand {
			dir := newMaildir(t)
			n := 0
			return stand{open(t, "maildir:"+dir, mailbox.Options{}), func(raw string) {
				n++
				put(t, filepath.Join(dir, "new", fmt.Sprintf("1700000%03d.M1P1.example.org", n)), raw)
			}}
		},
		"imap": func(t *testing.T) stand {
			s := imaptest.Start(t)
			return stand{open(t, s.URL(), mailbox.Options{Password: imaptest.Password, TLS: s.TLS}), s.Deliver}
		},
	}
	for name, start := range kinds {
		t.Run(name, func(t *testing.T) { holds(t, start(t)) })
	}
}

func holds(t *testing.T, s stand) {
	expect := func(why string, since mailbox.Cursor, want ...string) mailbox.Cursor {
		t.Helper()
		got, mark, err := all(s.box, since)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", why, err, d)
		}
		return mark
	}
	mark := expect("an empty box", "")
	for _, subject := range []string{"Tin một", "Tin hai", "Tin ba"} {
		s.deliver(message(subject))
	}
	mark = expect("the first reading", mark, "Tin một", "Tin hai", "Tin ba")
	mark = expect("nothing new", mark)
	s.deliver(message("Tin bốn"))
	s.deliver(message("Tin năm"))

	// One is not ready: it comes again, and the others do not.
	later := read(s.box, mark, func(m *mailbox.Message) error {
		if strings.Contains(string(m.Raw), "Tin bốn") {
			return fmt.Errorf("khóa DKIM chưa tra được: %w", mailbox.ErrLater)
		}
		return nil
	})
	if later.err != nil {
		t.Fatal(later.err)
	}
	s.deliver(message("Tin sáu"))
	mark = expect("what waited", later.mark, "Tin bốn", "Tin sáu")
	mark = expect("nothing waits", mark)

	// The taker fails: what it took before is known.
	s.deliver(message("Tin bảy"))
	s.deliver(message("Tin tám"))
	full := errors.New("đĩa đầy")
	failed := read(s.box, mark, func(m *mailbox.Message) error {
		if strings.Contains(string(m.Raw), "Tin tám") {
			return full
		}
		return nil
	})
	if failed.err != full {
		t.Errorf("got %v", failed.err)
	}
	mark = expect("after a failure", failed.mark, "Tin tám")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := s.box.Each(ctx, mark, nil); got != mark || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %q, %v", got, err)
	}
	for _, strange := range []mailbox.Cursor{"maildir:x", "imap:1:9999:", "imap:9:", "?"} {
		expect("a mark of another box", strange, "Tin một", "Tin hai", "Tin ba", "Tin bốn", "Tin năm", "Tin sáu", "Tin bảy", "Tin tám")
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, address := range []string{"", "pop3://a@example.org", "imaps://example.org", "imaps://a@", "imap://:bí@example.org", "maildir:", "maildir://may/thu", "%"} {
		if box, err := mailbox.Open(address, mailbox.Options{}); err == nil || strings.Contains(err.Error(), "bí") {
			t.Errorf("%q: %v, %v", address, box, err)
		}
	}
}

func open(t *testing.T, address string, opt mailbox.Options) mailbox.Box {
	t.Helper()
	box, err := mailbox.Open(address, opt)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

type result struct {
	subjects []string
	mark     mailbox.Cursor
	err      error
}

// read gives the subjects of what was taken.
func read(box mailbox.Box, since mailbox.Cursor, take func(*mailbox.Message) error) (r result) {
	r.mark, r.err = box.Each(context.Background(), since, func(_ context.Context, m *mailbox.Message) error {
		if err := take(m); err != nil {
			return err
		}
		_, rest, _ := strings.Cut(string(m.Raw), "Subject: ")
		subject, _, _ := strings.Cut(rest, "\n")
		r.subjects = append(r.subjects, strings.TrimSpace(subject))
		return nil
	})
	return r
}

func all(box mailbox.Box, since mailbox.Cursor) ([]string, mailbox.Cursor, error) {
	r := read(box, since, func(*mailbox.Message) error { return nil })
	return r.subjects, r.mark, r.err
}

func newMaildir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func put(t *testing.T, file, raw string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(raw), 0o644); err != nil {
		t.Fatal(err)
	}
}
