package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"bantin/internal/officetest"
)

// What steers a terminal is written as an escape, wherever a write ends; all else is
// written as it is.
func TestTerminalWriter(t *testing.T) {
	for text, want := range map[string]string{
		"Trao quà – “Tây Bắc”\t1\n":       "Trao quà – “Tây Bắc”\t1\n",
		"\ufeffemail\r\nlan\r\n":          "\ufeffemail\r\nlan\r\n",
		"a\x1b[2Jb":                       `a\u001b[2Jb`,
		"a\x1b]0;tiêu đề\x07b":            `a\u001b]0;tiêu đề\u0007b`,
		"a\u009b31mb\u0085":               `a\u009b31mb\u0085`,
		"xoá\rsửa\x00\x7f\b":              `xoá\u000dsửa\u0000\u007f\u0008`,
		"gpj.\u202eexe\u2066x\u200f":      `gpj.\u202eexe\u2066x\u200f`,
		"hỏng \xff\x9b và \xe1\xba":       `hỏng \ufffd\ufffd và \ufffd`,
		"👍🏽 e\u0301 \u200d \u00a0 \u00ad": "👍🏽 e\u0301 \u200d \u00a0 \u00ad",
	} {
		for _, step := range []int{1, 2, 3, len(text)} {
			var out bytes.Buffer
			w := newTerminalWriter(&out)
			for rest := text; rest != ""; {
				n := min(step, len(rest))
				if got, err := w.Write([]byte(rest[:n])); got != n || err != nil {
					t.Fatal(got, err)
				}
				rest = rest[n:]
			}
			if err := w.flush(); err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(out.String(), `\ufffd\ufffd`, `\ufffd`); got != strings.ReplaceAll(want, `\ufffd\ufffd`, `\ufffd`) {
				t.Errorf("%q in steps of %d: %q, want %q", text, step, got, want)
			}
			if strings.ContainsAny(out.String(), "\x1b\x00\x07\u009b\u202e\u2066") {
				t.Errorf("%q in steps of %d: %q", text, step, out.String())
			}
		}
	}
}

// JSON says the same to a program.
func TestTerminalWriterKeepsJSON(t *testing.T) {
	var out bytes.Buffer
	p := printer{out: newTerminalWriter(&out)}
	const title = "Trao \x1b[31mquà\u009b\u202e"
	if err := p.printJSON(title); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got != title || strings.ContainsAny(out.String(), "\x1b\u009b\u202e") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// A command shows others' words cleaned, in its results, in what it says and in its log.
func TestCommandsCleanWhatTheyShow(t *testing.T) {
	t.Parallel()
	f := &folder{t, t.TempDir()}
	f.write("bantin.yaml", "site: {title: Hội thử, url: \"https://bantin.example.org\"}\n"+anyPort)
	if err := officetest.FillDataDir(f.path("var")); err != nil {
		t.Fatal(err)
	}
	f.write("ds.csv", "email,họ tên,nhãn\nlan@example.org,Lan\u009b31m,a\u202eb\nhong\x1b[2J,Hồng,\n")
	var all strings.Builder
	for _, args := range [][]string{{"contacts", "import", "ds.csv"}, {"contacts", "show", "lan@example.org"}, {"contacts", "export"}, {"contacts", "export", "--json"}, {"contacts", "show", "khong\x1b]0;x\x07@example.org"}} {
		for i, a := range args {
			if a == "ds.csv" {
				args[i] = f.path(a)
			}
		}
		var out, told bytes.Buffer
		run(t.Context(), append(args, "--config", f.path("bantin.yaml")), &out, &told)
		fmt.Fprint(&all, out.String(), told.String())
	}
	text := all.String()
	if strings.ContainsAny(text, "\x1b\x07\u009b\u202e") || !utf8.ValidString(text) || !strings.Contains(text, "Lan") {
		t.Errorf("%q", text)
	}
}
