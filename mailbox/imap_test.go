package mailbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin/internal/imaptest"
	"bantin/mailbox"
)

// The connection breaks after each number of bytes that a reading may have:
// nothing is lost, and what was taken does not come again.
func TestIMAPBreaksAnywhere(t *testing.T) {
	t.Parallel()
	s := imaptest.Start(t)
	var want []string
	for i := range 12 {
		subject := fmt.Sprintf("Tin thứ %d", i)
		want = append(want, subject)
		s.Deliver(message(subject) + strings.Repeat("Hội Khuyến học. ", 40*i))
	}
	for _, secure := range []string{s.IMAPS, s.IMAP} {
		scheme := map[string]string{s.IMAPS: "imaps://", s.IMAP: "imap://"}[secure]
		p := startProxy(t, secure)
		box := open(t, scheme+imaptest.User+"@"+p.addr, mailbox.Options{Password: imaptest.Password, TLS: s.TLS, Timeout: time.Minute})
		broken := 0
		for limit := int64(0); ; limit += 5003 {
			p.limit.Store(limit)
			first := read(box, "", func(*mailbox.Message) error { return nil })
			p.limit.Store(1 << 30)
			second := read(box, first.mark, func(*mailbox.Message) error { return nil })
			if d := cmp.Diff(want, append(first.subjects, second.subjects...)); d != "" || second.err != nil {
				t.Fatalf("%s broken after %d bytes: %v, %v (-want +got)\n%s", scheme, limit, first.err, second.err, d)
			}
			if first.err == nil {
				break
			}
			broken++
		}
		if broken < 5 {
			t.Errorf("%s: only %d readings broke", scheme, broken)
		}
	}
}

// The server is stopped in mid-read and numbers everything anew.
func TestIMAPServerStops(t *testing.T) {
	t.Parallel()
	s := imaptest.Start(t)
	p := startProxy(t, s.IMAPS)
	p.limit.Store(1 << 40)
	box := open(t, "imaps://"+imaptest.User+"@"+p.addr, mailbox.Options{Password: imaptest.Password, TLS: s.TLS, Timeout: time.Minute})
	large := strings.Repeat("Dòng dài của một bức thư.\r\n", 200_000) // so that each is fetched by itself
	for _, subject := range []string{"Tin một", "Tin hai", "Tin ba"} {
		s.Deliver(message(subject) + large)
	}
	first := read(box, "", func(m *mailbox.Message) error {
		if strings.Contains(string(m.Raw[:200]), "Tin hai") {
			p.cut()
			s.Stop()
		}
		return nil
	})
	if d := cmp.Diff([]string{"Tin một", "Tin hai"}, first.subjects); d != "" || first.err == nil {
		t.Fatalf("%v (-want +got)\n%s", first.err, d)
	}
	if _, mark, err := all(box, first.mark); mark != first.mark || err == nil {
		t.Errorf("no server: %q, %v", mark, err)
	}
	s.Run()
	second, mark, err := all(box, first.mark)
	if d := cmp.Diff([]string{"Tin ba"}, second); d != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
	ids := map[string]bool{}
	collect := func(m *mailbox.Message) error { ids[m.ID()] = true; return nil }
	read(box, "", collect)
	s.Renumber()
	if again := read(box, mark, collect); len(again.subjects) != 3 || again.err != nil || len(ids) != 3 {
		t.Errorf("numbered anew: %q, %v, %d different ids", again.subjects, again.err, len(ids))
	}
}

// Reading leaves no trace in the box.
func TestIMAPLeavesAlone(t *testing.T) {
	t.Parallel()
	s := imaptest.Start(t)
	s.Deliver(message("Tin một"))
	box := open(t, s.URL()+"/INBOX", mailbox.Options{Password: imaptest.Password, TLS: s.TLS})
	if got, _, err := all(box, ""); len(got) != 1 || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	files, err := filepath.Glob(s.Dir + "/*/*.test*")
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	if _, flags, _ := strings.Cut(files[0], ":2,"); flags != "" {
		t.Errorf("flags: %q", flags)
	}
	// One that a person deleted is none of ours; one that is gone is no error.
	s.Deliver(message("Tin hai"))
	deleted := filepath.Join(s.Dir, "cur", filepath.Base(strings.Split(files[0], ":")[0])+":2,T")
	if err := os.Rename(files[0], deleted); err != nil {
		t.Fatal(err)
	}
	if got, _, err := all(box, ""); cmp.Diff([]string{"Tin hai"}, got) != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestIMAPRefused(t *testing.T) {
	t.Parallel()
	s := imaptest.Start(t)
	opt := mailbox.Options{Password: imaptest.Password, TLS: s.TLS, Timeout: time.Minute}
	wrong, untrusted, soon := opt, opt, opt
	wrong.Password, untrusted.TLS, soon.Timeout = "sai", nil, time.Second
	for name, box := range map[string]mailbox.Box{
		"log in":         open(t, s.URL(), wrong),
		"certificate":    open(t, s.URL(), untrusted),
		"open folder":    open(t, s.URL()+"/Kh%C3%B4ng%20c%C3%B3", opt),
		"STARTTLS":       open(t, "imap://bulletins@"+listen(t, "* OK chào\r\n", "* CAPABILITY IMAP4rev1\r\nT1 BAD không có\r\n"), opt),
		"PREAUTH":        open(t, "imap://bulletins@"+listen(t, "* PREAUTH chào\r\n", "T1 BAD muộn rồi\r\n"), opt),
		"no answer":      open(t, "imaps://bulletins@"+listen(t), soon),
		"no answer, too": open(t, "imap://bulletins@"+listen(t, "* OK chào\r\n"), soon),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, mark, err := all(box, "imap:7:7:")
			if err == nil || mark != "imap:7:7:" {
				t.Errorf("%q, %v", mark, err)
			} else if name != "STARTTLS" && name != "PREAUTH" && !strings.Contains(err.Error(), strings.Split(name, ",")[0]) {
				t.Error(err)
			} else if strings.Contains(err.Error(), imaptest.Password) {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
}

// A server that falls silent in the middle holds nobody up for ever.
func TestIMAPFallsSilent(t *testing.T) {
	t.Parallel()
	s := imaptest.Start(t)
	s.Deliver(message("Tin một") + strings.Repeat("Dòng dài của một bức thư.\r\n", 5000))
	p := startProxy(t, s.IMAPS)
	p.silent = true
	p.limit.Store(20_000)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	box := open(t, "imaps://"+imaptest.User+"@"+p.addr, mailbox.Options{Password: imaptest.Password, TLS: s.TLS, Timeout: 100 * time.Millisecond})
	_, err := box.Each(ctx, "", func(context.Context, *mailbox.Message) error { return nil })
	if err == nil || ctx.Err() != nil {
		t.Errorf("got %v", err)
	}
}

// proxy passes bytes on until as many came back as limit says.
type proxy struct {
	addr   string
	limit  atomic.Int64
	silent bool // then it holds the connection open and says nothing more

	mu   sync.Mutex
	open []net.Conn
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.open {
		conn.Close()
	}
}

func startProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: l.Addr().String()}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.pass(client, to) })
		}
	})
	return p
}

func (p *proxy) pass(client net.Conn, to string) {
	defer client.Close()
	p.mu.Lock()
	p.open = append(p.open, client)
	p.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, client)
		server.Close()
	}()
	_, _ = io.CopyN(client, server, p.limit.Load())
	if !p.silent {
		client.Close()
	}
	<-done
}

// listen serves each connection some lines, one at once and each other for a
// line of the client, and then says nothing.
func listen(t *testing.T, says ...string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				lines := bufio.NewReader(conn)
				for i, text := range says {
					if i > 0 {
						if _, err := lines.ReadString('\n'); err != nil {
							return
						}
					}
					_, _ = io.WriteString(conn, text)
				}
				_, _ = io.Copy(io.Discard, conn)
			})
		}
	})
	return l.Addr().String()
}
