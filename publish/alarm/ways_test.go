//go:build unix

package alarm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
)

func sample() (*bantin.Trouble, Message) {
	t := &bantin.Trouble{ID: "abc", Kind: bantin.TroubleSource, Subject: bantin.Words{VI: "Nguồn website"}, What: bantin.Words{VI: "Không đọc được “nguồn”"}, Since: time.Unix(1_700_000_000, 0)}
	return t, NewMessage(t, bantin.Vietnamese, time.UTC)
}

// program writes a shell script and gives its path.
func program(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tell")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// A command gets the alarm on standard input and its arguments as they are written, and
// little of our surroundings.
func TestCommand(t *testing.T) {
	t.Setenv("BANTIN_SECRET", "bí mật")
	out := filepath.Join(t.TempDir(), "out")
	trouble, message := sample()
	err := Command([]string{program(t, `{ cat; echo "$1"; env; pwd; } > "$2"`), "$HOME; echo", out}).Tell(t.Context(), trouble, message)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	var got Message
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil || !got.Since.Equal(message.Since) || got.What != message.What {
		t.Errorf("it got %s (%v)", lines[0], err)
	}
	if lines[1] != "$HOME; echo" || strings.Contains(string(text), "bí mật") {
		t.Errorf("it got\n%s", text)
	}
}

// A command that fails says why; one that hangs is stopped with all that it started.
func TestCommandFails(t *testing.T) {
	trouble, message := sample()
	err := Command([]string{program(t, "echo no phone >&2; exit 3")}).Tell(t.Context(), trouble, message)
	if err == nil || !strings.Contains(err.Error(), "no phone") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("it said %v", err)
	}
	if err := Command([]string{"/nonexistent/tell"}).Tell(t.Context(), trouble, message); err == nil {
		t.Error("a program that is not there told it")
	}
	pid := filepath.Join(t.TempDir(), "pid")
	err = commandWithin([]string{program(t, `sleep 600 & echo $! > "$1"; wait`), pid}, 2*time.Second).Tell(t.Context(), trouble, message)
	if err == nil || !strings.Contains(err.Error(), "did not end within 2s") {
		t.Errorf("it said %v", err)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	var child int
	if err := json.Unmarshal(text, &child); err != nil {
		t.Fatal(err)
	}
	officetest.Eventually(t, "its child ended", func() bool { return gone(child) })
}

// gone reports whether a process has ended: it is not there, or a zombie that nobody has
// asked for its status yet.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// A web hook gets the same; what is no 2xx failed, and so is a redirect to another host.
// Errors do not show the address.
func TestPost(t *testing.T) {
	var got []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got = append(got, "elsewhere") }))
	defer elsewhere.Close()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/T024/secret", http.StatusPermanentRedirect)
		case "/away":
			http.Redirect(w, r, elsewhere.URL+"/", http.StatusTemporaryRedirect)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			got = append(got, r.Method+" "+r.Header.Get("Content-Type")+" "+r.Header.Get("User-Agent")+" "+string(body))
		}
	}))
	defer hook.Close()
	trouble, message := sample()
	text, _ := json.Marshal(message)
	want := "POST application/json bantin/test " + string(text)
	for path, fails := range map[string]string{"/T024/secret": "", "/moved": "", "/broken": "500", "/away": "307"} {
		got = nil
		err := Post(hook.URL+path, "bantin/test").Tell(t.Context(), trouble, message)
		switch {
		case fails == "" && (err != nil || len(got) != 1 || got[0] != want):
			t.Errorf("%s: %v, got %q", path, err, got)
		case fails != "" && (err == nil || !strings.Contains(err.Error(), fails) || len(got) > 0 || strings.Contains(err.Error(), path)):
			t.Errorf("%s: %v, got %q", path, err, got)
		}
	}
	hook.Close()
	if err := Post(hook.URL+"/T024/secret", "bantin/test").Tell(t.Context(), trouble, message); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("away: %v", err)
	}
}
