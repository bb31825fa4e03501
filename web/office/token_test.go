//go:build unix

package office

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/testneed"
	"bantin/store"
)

// A token reads; one that may write acts under its name; none opens the settings, resumes
// what is held, or works once it has expired or was revoked.
func TestTokens(t *testing.T) {
	o := newTestOffice(t)
	e := o.edition(3)
	for name, write := range map[string]bool{"doc": false, "ghi": true} {
		if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken("mã " + name), Name: name, MayWrite: write, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: "x", Name: "doc", Expires: o.Now().Add(time.Hour)}, "root"); err == nil {
		t.Error("two tokens have one name")
	}
	program, path := &browser{o: o}, "/office/editions/"+e.ID
	ask := func(method, token, path string, status int) string {
		t.Helper()
		res, body := program.ask(method, path, url.Values{}, "Authorization", "Bearer "+token, "Accept", "application/json")
		if res.StatusCode != status || res.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s by %q: %d, want %d: %s", method, path, token, res.StatusCode, status, body)
		}
		return body
	}
	for _, page := range []string{"/office", "/office/editions", path, "/office/bulletins", "/office/contacts", "/office/returns", "/office/statistics", "/office/calendar", "/office/sources"} {
		ask(http.MethodGet, "mã doc", page, http.StatusOK)
	}
	ask(http.MethodGet, "mã ghi", "/office/settings", http.StatusForbidden)
	ask(http.MethodGet, "mã khác", path, http.StatusUnauthorized)
	ask(http.MethodGet, "", path, http.StatusUnauthorized)
	ask(http.MethodPost, "mã khác", path+"/pause", http.StatusUnauthorized)
	ask(http.MethodPost, "mã doc", path+"/pause", http.StatusForbidden)
	if body := ask(http.MethodPost, "mã ghi", path+"/pause", http.StatusOK); !strings.Contains(body, `"status":"paused"`) {
		t.Error(body)
	}
	log, err := o.DB.Actions().Of(t.Context(), e.ID)
	if err != nil || len(log) != 1 || log[0].Who != "ghi" || log[0].Via != bantin.ViaToken {
		t.Errorf("audit log: %+v, %v", log, err)
	}
	ask(http.MethodPost, "mã ghi", path+"/resume", http.StatusOK)
	if err := o.DB.Editions().Hold(t.Context(), e.Row, bantin.Hold{Reason: bantin.HeldRefused}); err != nil {
		t.Fatal(err)
	}
	ask(http.MethodPost, "mã ghi", path+"/resume", http.StatusForbidden)
	if err := o.DB.Office().RevokeToken(t.Context(), "doc", "root"); err != nil {
		t.Fatal(err)
	}
	ask(http.MethodGet, "mã doc", path, http.StatusUnauthorized)
	o.Skew.Add(int64(time.Hour))
	ask(http.MethodGet, "mã ghi", path, http.StatusUnauthorized)
}

// The lines of docs/api.md do what they say.
func TestLinesOfTheDocs(t *testing.T) {
	testneed.Program(t, "curl")
	o := newTestOffice(t)
	o.sentEdition()
	o.fillStatistics()
	if _, err := o.DB.Suppressions().Add(t.Context(), "c5@example.org", "user-unknown", o.Now()); err != nil {
		t.Fatal(err)
	}
	if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken("ma"), Name: "steering", MayWrite: true, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "danh-sach.csv"), []byte(uploadedList), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := path.Base(o.triedImport(o.signedIn(lan)))
	lines := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		lines++
		run := exec.CommandContext(t.Context(), "sh", "-c", strings.ReplaceAll(line, "https://bantin.example.org", o.server.URL))
		run.Env = append(os.Environ(), "TOKEN=ma", "IMPORT="+tried)
		run.Dir = dir
		if said, err := run.CombinedOutput(); err != nil {
			t.Errorf("%s%v: %s", line, err, said)
		}
	}
	if lines < 10 {
		t.Errorf("%d lines", lines)
	}
}
