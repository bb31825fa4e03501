package delivery

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bantin"
	"bantin/internal/mailtest"
	"bantin/internal/testneed"
	"bantin/mailer"
	"bantin/store"
)

// everyMail is the table of all mails that there are: rendered, and as a receiver gets
// them, by a name that ends in the language. A new kind of mail is a line in one of the
// two functions it joins; TestNoMailIsMissed looks for those that have none.
func everyMail(t *testing.T) (rendered map[string]mailer.Rendered, messages map[string][]byte) {
	t.Helper()
	o := newOffice(t)
	o.composer.Sender.ReplyTo, o.composer.Sender.BounceAddress = "vanphong@example.org", "tra-lai@example.org"
	s := &NoticeSender{DB: o.DB, Log: o.Log(), Site: o.Site, Tokens: o.Tokens, Sender: o.composer.Sender, Now: o.Now}
	rendered, messages = map[string]mailer.Rendered{}, map[string][]byte{}
	for _, l := range bantin.Languages() {
		for name, d := range everyDigest(o, l) {
			message, r, err := o.composer.Compose(&d.edition, d.mail, o.Now())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to, err := o.Tokens.RecipientFields(o.composer.Sender, &d.edition, "Nguyễn Thị Ánh", "khuyenhoc@sonla.example.org", contactKey)
			if err != nil {
				t.Fatal(err)
			}
			rendered[name+"-"+string(l)], messages[name+"-"+string(l)] = r, received(t, message, to)
		}
		for name, m := range everyNotice(t, o, s, l) {
			r, err := mailer.RenderNotice(o.Templates(), m)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			message, err := mailer.Compose(mailer.Message{Sender: s.Sender, Rendered: r, ListDomain: mailer.ListDomain(s.Site), Date: s.Now()})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to := mailer.RecipientFields{Address: "lan@example.org", MessageID: o.Tokens.NoticeMessageID(name, "1"), UnsubscribeToken: mailer.TokenPlaceholder}
			rendered[name+"-"+string(l)], messages[name+"-"+string(l)] = r, received(t, message, to)
		}
	}
	return rendered, messages
}

// contactKey is that of whom the mails go to.
const contactKey = "00112233445566778899aabbccddeeff"

func received(t *testing.T, m *mailer.ComposedMessage, to mailer.RecipientFields) []byte {
	t.Helper()
	raw, err := m.AppendFile(nil, to)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEveryMailIsAccessibleInBrowser(t *testing.T) {
	testneed.Long(t, "opens a browser")
	rendered, _ := everyMail(t)
	mailtest.Accessible(t, rendered)
}

func TestEveryMailKeepsMarkupRules(t *testing.T) {
	rendered, _ := everyMail(t)
	for name, r := range rendered {
		mailtest.Rules(t, name, r)
	}
}

func TestSpamAssassinOnEveryMail(t *testing.T) {
	testneed.Long(t, "runs SpamAssassin")
	_, messages := everyMail(t)
	mailtest.SpamAssassin(t, messages)
}

func TestRspamdOnEveryMail(t *testing.T) {
	testneed.Long(t, "runs Rspamd")
	_, messages := everyMail(t)
	mailtest.Rspamd(t, messages)
}

// TestNoMailIsMissed reads the source for kinds of notices and of reports, and for places
// where a mail is composed: each is known to the table.
func TestNoMailIsMissed(t *testing.T) {
	o := newOffice(t)
	made := everyNotice(t, o, &NoticeSender{DB: o.DB, Site: o.Site, Tokens: o.Tokens, Now: o.Now}, bantin.Vietnamese)
	kinds := append(constantsOf(t, "../../store", "NoticeKind"), constantsOf(t, "../../store", "EditionReportKind")...)
	kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == string(store.NoticeReport) }) // its kinds stand for it
	if len(kinds) < 15 {
		t.Fatalf("only %v", kinds)
	}
	for _, kind := range kinds {
		if made[kind] == nil {
			t.Errorf("the table has no mail of the kind %q", kind)
		}
	}
	known := []string{"cmd/bantin/deps_doctor.go", "publish/delivery/composer.go", "publish/delivery/notice_sender.go"}
	if got := callersOf(t, "../..", "mailer", "Compose"); !slices.Equal(got, known) {
		t.Errorf("mails are composed in %v; the table has those of %v", got, known)
	}
}

// constantsOf gives the values of a package's constants of a type of texts.
func constantsOf(t *testing.T, dir, typeName string) (values []string) {
	t.Helper()
	eachFile(t, dir, func(_ string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || fmt.Sprint(spec.Type) != typeName {
				return true
			}
			for _, v := range spec.Values {
				if text, ok := v.(*ast.BasicLit); ok {
					values = append(values, strings.Trim(text.Value, `"`))
				}
			}
			return false
		})
	})
	return values
}

// callersOf gives the files that call a function of a package, tests left out.
func callersOf(t *testing.T, dir, pkg, name string) (files []string) {
	t.Helper()
	eachFile(t, dir, func(file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == name && fmt.Sprint(s.X) == pkg && !slices.Contains(files, file) {
				files = append(files, file)
			}
			return true
		})
	})
	return files
}

func eachFile(t *testing.T, dir string, do func(file string, f *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		file, err := filepath.Rel(dir, path)
		do(filepath.ToSlash(file), f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
