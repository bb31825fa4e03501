package config_test

import (
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"bantin"
	"bantin/config"
)

// FuzzParse looks for a file that stops the program, or that is called good
// and lacks what the rest of it relies on.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Add([]byte("site: {url: https://example.org}\nfeeds: [{id: a, select: {places: [phu-tho]}}]\ndigests: [{id: b, schedule: '0 7 * * MON#1', skip: [2027-02-05]}]\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Add([]byte("data: |\n  x\n  y\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		c, report := config.Parse("bantin.yaml", data, dir)
		for _, lang := range bantin.Languages() {
			if text := written(t, report, lang); !utf8.ValidString(text) && utf8.Valid(data) {
				t.Errorf("the report is no UTF-8: %q", text)
			}
		}
		for _, p := range report.Problems {
			if p.Message.VI == "" || p.Message.EN == "" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
		if report.Err() != nil {
			return
		}
		if c.Site.URL == "" || c.Site.Location == nil || c.Data == "" {
			t.Errorf("no problem, and yet %+v", c.Site)
		}
		for _, d := range c.Digests {
			if d.ID == "" || d.Location == nil || len(d.Schedule) > 0 && d.Due == nil {
				t.Errorf("no problem, and yet %+v", d)
			}
		}
	})
}
