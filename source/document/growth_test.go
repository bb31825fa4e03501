package document

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin/internal/cost"
)

// maxMade is how many bytes a bulletin may have in all.
const maxMade = 2*maxHTML + 4*maxLead + 64<<10

// made is what a document makes: the bytes that reading it allocates, and what is in the
// bulletin.
func made(t *testing.T, name, text string) (work, out uint64) {
	t.Helper()
	work = cost.Made(func() {
		d, err := Read(t.Context(), &Options{Location: time.UTC, Now: time.Now}, File{Name: name, Raw: []byte(text)})
		if err == nil {
			b := d.Finish()
			out = uint64(len(b.HTML) + len(b.Text) + len(b.Lead) + len(b.Title) + len(b.Author) + len(b.URL))
		}
	})
	return work, out
}

// Of what is made to cost much, twice as much costs at most about twice as much, and makes
// no more than a bulletin may have.
func TestGrowth(t *testing.T) {
	rep := strings.Repeat
	page := func(inner func(n int) string) func(int) string {
		return func(n int) string { return "<title>Tin</title><p>Mở đầu.</p>" + inner(n) }
	}
	md := func(inner func(n int) string) func(int) string {
		return func(n int) string { return "# Tin\n\nMở đầu.\n\n" + inner(n) }
	}
	for _, c := range []struct {
		name string
		n    int
		make func(n int) string
	}{
		{"hidden.html", 200, page(func(n int) string { return rep(`<div style="font-size:0">`, n) + `<b style="font-size:12px">x</b>` })},
		{"figures.html", 2500, page(func(n int) string { return rep("<figure>x", n) })},
		{"long link.html", 2000, page(func(n int) string { return `<a href="http://x.vn/` + rep("a", 2000) + `">` + rep("<p>x</p>", n) })},
		{"longer link.html", 2000, page(func(n int) string { return `<a href="http://x.vn/` + rep("a", 100_000) + `">` + rep("<p>x</p>", n) })},
		{"base.html", 2000, page(func(n int) string {
			return `<base href="http://x.vn/` + rep("a", 100_000) + `/">` + rep("<a href=x>y</a> ", n)
		})},
		{"open emphasis.html", 2000, page(func(n int) string { return rep("<b><i>", 100) + rep("<p>x", n) })},
		{"open fonts.html", 1000, page(func(n int) string {
			var b strings.Builder
			for i := range n {
				b.WriteString("<font a" + rep("a", i%300) + "=1><p>x")
			}
			return b.String()
		})},
		{"fonts in cells.html", 1000, page(func(n int) string {
			var b strings.Builder
			for i := range n {
				b.WriteString("<td><b a" + rep("a", i%300) + "=1></td><p>x")
			}
			return b.String()
		})},
		{"lists in lists.html", 2500, page(func(n int) string { return rep("<ul><li>x", n) })},
		{"quotations.html", 2500, page(func(n int) string { return rep("<blockquote>x", n) })},
		{"breaks.html", 20_000, page(func(n int) string { return rep("x<br>", n) })},
		{"title.html", 200_000, func(n int) string { return "<title>" + rep("Tin ", n) + "</title><p>Bài." }},
		{"list of stars.md", 4000, md(func(n int) string { return rep("* ", n) })},
		{"open links.md", 4000, md(func(n int) string { return rep("[a](", n) })},
		{"emphasis.md", 4000, md(func(n int) string { return rep("a**b_", n) })},
		{"brackets.md", 4000, md(func(n int) string { return rep("[", n) + "a" + rep("]", n) })},
		{"quotations.md", 4000, md(func(n int) string { return rep(">", n) + "x" })},
		{"numbered lists.md", 4000, md(func(n int) string { return rep("1. ", n) + "x" })},
		{"lists of tabs.md", 2000, md(func(n int) string { return rep("-\t", n) + "x" })},
		{"wide table.md", 700, md(func(n int) string { return "|" + rep("a|", n) + "\n|" + rep("-|", n) + "\n" + rep("|x|\n", n) })},
		{"one reference.md", 2000, md(func(n int) string { return "[a]: http://x.vn/" + rep("b", 10_000) + "\n\n" + rep("[a] ", n) })},
		{"one long reference.md", 2000, md(func(n int) string { return "[a]: http://x.vn/" + rep("b", 10*n) + "\n\n" + rep("[a] ", n) })},
		{"one reference with a title.md", 2000, md(func(n int) string { return "[a]: http://x.vn/ \"" + rep("b", 10*n) + "\"\n\n" + rep("[a] ", n) })},
		{"brackets of front matter.md", 5000, func(n int) string { return "---\n" + rep("[", n) + "\n---\n# Tin\n" }},
		{"lists of front matter.md", 5000, func(n int) string { return "---\ntitle: " + rep("- ", n) + "\n---\n# Tin\n" }},
		{"lines of TOML.md", 2000, func(n int) string { return "+++\na = [\n" + rep("\"x\",\n", n) + "\n+++\n# Tin\n" }},
		{"tables of TOML.md", 2000, func(n int) string { return "+++\n" + rep("[a]\n", n) + "+++\n# Tin\n" }},
		{"heads.eml", 2000, func(n int) string {
			return "From: a@b.vn\nSubject: Tin\n\nBài.\n" + rep("From: c@d.vn\nTo: e@f.vn\n", n)
		}},
		{"boundaries.eml", 2000, func(n int) string {
			return "From: a@b.vn\nSubject: Tin\nContent-Type: multipart/mixed; boundary=q\n\n" + rep("--q\n\nx\n", n)
		}},
		{"encoded words.eml", 2000, func(n int) string { return "From: a@b.vn\nSubject: " + rep("=?utf-8?q?a?= ", n) + "\n\nBài.\n" }},
		{"parameters.eml", 2000, func(n int) string {
			return "From: a@b.vn\nSubject: Tin\nContent-Type: text/plain" + rep("; name*0=x", n) + "\n\nBài.\n"
		}},
		{"uuencode.eml", 2000, func(n int) string {
			return "From: a@b.vn\nSubject: Tin\n\nBài.\n" + rep("begin 644 a.txt\n!8\n`\nend\n", n)
		}},
		{"lines.txt", 20_000, func(n int) string { return "Tin\n\n" + rep("a\n\n", n) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			made(t, c.name, c.make(c.n/10)) // what is made once
			few, _ := made(t, c.name, c.make(c.n))
			many, out := made(t, c.name, c.make(2*c.n))
			const constant = 4 << 20
			if many > 5*few/2+constant {
				t.Errorf("%d MB are made of %d, %d MB of twice as much", few>>20, c.n, many>>20)
			}
			if out > maxMade {
				t.Errorf("the bulletin has %d KB", out>>10)
			}
			if size := uint64(len(c.make(2 * c.n))); many > 3000*size+256<<20 {
				t.Errorf("%d MB are made of %d KB", many>>20, size>>10)
			}
		})
	}
}

// What is taken piece by piece is found all the same: each of many addresses in a
// paragraph, also with titles in lines of their own, and the words behind them.
func TestManyReferences(t *testing.T) {
	var text strings.Builder
	const n = 300
	for i := range n {
		fmt.Fprintf(&text, "[nguồn %d]: http://x.vn/%d\n", i, i)
		if i%7 == 0 {
			text.WriteString("  \"[Trang] của hội\"\n")
		}
	}
	text.WriteString("Lời cuối\n")
	for i := range n {
		fmt.Fprintf(&text, "\nXem [nguồn %d] và *bài*.\n", i)
	}
	d, err := Read(t.Context(), &Options{Location: time.UTC, Now: time.Now}, File{Name: "tin.md", Raw: []byte("# Tin\n\nMở đầu.\n\n" + text.String())})
	if err != nil {
		t.Fatal(err)
	}
	b := d.Finish()
	for i := range n {
		if want := fmt.Sprintf(`Xem <a href="http://x.vn/%d">nguồn %d</a> và <em>bài</em>.`, i, i); !strings.Contains(b.HTML, want) {
			t.Fatalf("no %s", want)
		}
	}
	if !strings.Contains(b.Text, "\n\nLời cuối\n\n") && !strings.HasPrefix(b.Text, "Lời cuối\n\n") || strings.Contains(b.Text, "Trang") {
		t.Errorf("%.300s", b.Text)
	}
}
