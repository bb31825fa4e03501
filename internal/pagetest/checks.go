package pagetest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"bantin/internal/testneed"
)

// Checkers is the folder of the npm packages axe-core and html-validate, which
// test.sh installs.
func Checkers(t *testing.T) string {
	t.Helper()
	testneed.Long(t, "runs npm's checkers")
	dir := os.Getenv("BANTIN_CHECKERS")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(cache, "bantin-checks")
	}
	dir = filepath.Join(dir, "node_modules")
	if _, err := os.Stat(filepath.Join(dir, "axe-core", "axe.min.js")); err != nil {
		testneed.Skip(t, "axe-core and html-validate, which test.sh installs")
	}
	return dir
}

// Validate runs html-validate over the files of a folder.
func Validate(t *testing.T, out string) {
	t.Helper()
	dir := Checkers(t)
	config := filepath.Join(out, ".htmlvalidate.json")
	// Titles of bulletins are as long as they are; boxes to tick share a name.
	rules := `{"root": true, "extends": ["html-validate:recommended"], "rules": {"long-title": "off",
		"form-dup-name": ["error", {"shared": ["radio", "checkbox", "submit"]}]}}`
	if err := os.WriteFile(config, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), filepath.Join(dir, ".bin", "html-validate"), "--config", config, "--formatter", "text", out)
	if said, err := run.CombinedOutput(); err != nil {
		t.Errorf("html-validate: %v\n%s", err, said)
	}
}

// AxeScript is axe-core, for Axe.
func AxeScript(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(Checkers(t), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// Axe gives what axe-core finds on the page that is open, "" where that is
// nothing: WCAG 2.2 A and AA, and best practices.
func Axe(t *testing.T, ctx context.Context, script string) string {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](script+`;
		axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
			JSON.stringify(r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 200)).slice(0, 3).join(" | "))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		t.Fatalf("axe says %q: %v", found, err)
	}
	return strings.Join(list, "\n")
}
