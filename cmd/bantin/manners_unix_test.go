//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What strangers send to the daemon's port: whatever it is, it answers as HTTP
// says, and others are served meanwhile.
func TestManners(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	until(t, "the bulletin is in the feed", func() bool { return strings.Contains(d.get("/feeds/tat-ca.atom").body, "Phú Thọ") })
	tag := d.get("/feeds/tat-ca.atom").header.Get("Etag") // of the gzip copy, which the client asks for
	for _, tt := range []struct{ name, request, want string }{
		{"HTTP/1.0", "GET /feeds/tat-ca.atom HTTP/1.0\r\n\r\n", "HTTP/1.0 200"},
		{"HTTP/1.0 with a tag", "GET /feeds/tat-ca.atom HTTP/1.0\r\nAccept-Encoding: gzip\r\nIf-None-Match: " + tag + "\r\n\r\n", "HTTP/1.0 304"},
		{"HTTP/1.0 that stays", "GET /feeds/tat-ca.atom HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.0 200"},
		{"a range", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n", "HTTP/1.1 200"},
		{"a delta", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\nA-IM: feed\r\nIf-None-Match: \"cũ\"\r\n\r\n", "HTTP/1.1 200"},
		{"an unknown coding", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\nAccept-Encoding: nen-that-chat;q=9\r\n\r\n", "HTTP/1.1 200"},
		{"a long tag", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"" + strings.Repeat("a", 20_000) + "\"\r\n\r\n", "HTTP/1.1 200"},
		{"a header of a megabyte", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", "HTTP/1.1 431"},
		{"a hundred thousand fields", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: a\r\n", 100_000) + "\r\n", "HTTP/1.1 431"},
		{"a field with a line break", "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "HTTP/1.1 400"},
		{"no host", "GET /feeds/tat-ca.atom HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
		{"no HTTP", "xin chào\r\n\r\n", "HTTP/1.1 400"},
		{"another method", "DELETE /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405"},
		{"what may be asked", "OPTIONS /feeds/tat-ca.json HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 204"},
	} {
		if got := d.says(tt.request); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %s", tt.name, got, tt.want)
		}
	}
	for range 300 { // an office behind one address
		if p := d.get("/feeds/tat-ca.atom"); p.status != http.StatusOK {
			t.Fatalf("status %d", p.status)
		}
	}
}

// says sends raw bytes and gives the first line of the answer.
func (d *daemon) says(request string) string {
	d.t.Helper()
	conn := d.dial()
	defer conn.Close()
	go io.WriteString(conn, request) // the server may hang up before the end of an absurd one
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return fmt.Sprintf("%s (%v)", line, err)
	}
	return strings.TrimSpace(line)
}

func (d *daemon) dial() net.Conn {
	d.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.base, "http://"))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		d.t.Fatal(err)
	}
	return conn
}

// Readers that are slow or say nothing hold a connection and nothing else:
// others are answered at once, and who does not finish its request is let go.
func TestSlowReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a time limit")
	}
	t.Parallel()
	idle := min(10_000, files()/4)
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	for range idle {
		defer d.dial().Close()
	}
	never := d.dial() // one that never ends its request
	defer never.Close()
	if err := never.SetDeadline(time.Time{}); err != nil { // it is for the daemon to let it go
		t.Fatal(err)
	}
	fmt.Fprint(never, "GET /feeds/tat-ca.atom HTTP/1.1\r\nHost: x\r\n")
	deaf := d.dial() // one that never reads its answers
	defer deaf.Close()
	go func() {
		request := bytes.Repeat([]byte("GET /feeds/tat-ca.rss HTTP/1.1\r\nHost: x\r\n\r\n"), 100)
		for range 100 {
			if _, err := deaf.Write(request); err != nil {
				return
			}
		}
	}()
	for range 50 {
		start := time.Now()
		if p := d.get("/feeds/tat-ca.atom"); p.status != http.StatusOK || time.Since(start) > patience {
			t.Fatalf("beside %d idle connections: status %d after %v", idle, p.status, time.Since(start))
		}
	}
	dripping := time.NewTicker(time.Second)
	defer dripping.Stop()
	for start := time.Now(); ; <-dripping.C {
		if _, err := fmt.Fprint(never, "X"); err != nil {
			return // it was let go
		}
		if time.Since(start) > patience {
			t.Fatal("a request that never ends is waited for for ever")
		}
	}
}

// files is how many files a process may have open, of which the daemon and the
// test need one each for a connection.
func files() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1000
	}
	return int(min(limit.Cur, 1<<20))
}
