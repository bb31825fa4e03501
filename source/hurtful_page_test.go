package source_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Pages that are made so that one part is looked at once for each other take no longer
// than their length: twice as much takes about twice as long, and not four times.
func TestPagesThatRepeatTheirParts(t *testing.T) {
	for name, part := range map[string]string{
		"titles":    `<div class="storytitle">Tin</div>`,
		"authors":   `<div id="author">`,
		"galleries": `<table><tr><td><img src="https://example.org/a.png"></td><td>`,
		"menus":     `<div><a href="/">Trang</a> <a href="/a">Tin</a> <a href="/b">Ảnh</a>`,
		"centred":   `<p align="center"><img src="https://example.org/a.png"></p><p align="center">Trao quà</p>`,
		"feet":      `<footer><p>Bản quyền</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			timed := func(n int) time.Duration {
				dir := t.TempDir()
				write(t, filepath.Join(dir, "a.html"), fmt.Sprintf(`<title>Tin</title><h1>Tin</h1><div id="hometext">Dẫn.</div><div id="bodytext"><p>Bài.</p></div>%s<p>Hết.</p>`, strings.Repeat(part, n)))
				start := time.Now()
				read(t, dir, nil)
				return time.Since(start)
			}
			timed(100)
			few, many := timed(10_000), timed(40_000)
			if many > 12*few+10*time.Second {
				t.Errorf("10,000 take %s, four times as many %s", few, many)
			}
		})
	}
}
