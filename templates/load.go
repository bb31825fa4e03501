package templates

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	texttemplate "text/template"
)

//go:embed mail/* page/*
var builtin embed.FS

// maxSize bounds an override, in bytes: what is larger is some other file.
const maxSize = 1 << 20

// Set is all templates, parsed. It never changes and may be shared.
type Set struct {
	pages     map[string]*htmltemplate.Template
	mailHTML  map[string]*htmltemplate.Template
	mailTexts map[string]*texttemplate.Template
}

// Load parses the built-in templates and those of the folder overrides, which
// win; "" is none. A file there that would override nothing is an error too.
func Load(overrides string) (*Set, error) {
	sources, err := read(overrides)
	if err != nil {
		return nil, err
	}
	set := &Set{
		pages:     make(map[string]*htmltemplate.Template),
		mailHTML:  make(map[string]*htmltemplate.Template),
		mailTexts: make(map[string]*texttemplate.Template),
	}
	for _, s := range sources {
		if err := set.add(s, sources); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// Page is the template page/NAME.html; it panics where there is none, as only
// our own code names pages.
func (s *Set) Page(name string) *htmltemplate.Template { return must(s.pages, "page", name) }

// MailHTML is the template mail/NAME.html.
func (s *Set) MailHTML(name string) *htmltemplate.Template { return must(s.mailHTML, "mail", name) }

// MailText is the template mail/NAME.txt.
func (s *Set) MailText(name string) *texttemplate.Template { return must(s.mailTexts, "mail", name) }

// Pages lists the names that Page knows.
func (s *Set) Pages() []string {
	var names []string
	for name := range s.pages {
		names = append(names, name)
	}
	return names
}

func must[T any](all map[string]T, kind, name string) T {
	t, ok := all[name]
	if !ok {
		panic("templates: there is no " + kind + " template " + name)
	}
	return t
}

// source is one file: its path as built in, where it really lies, its text.
type source struct{ path, file, text string }

func (s source) dir() string  { return path.Dir(s.path) }
func (s source) ext() string  { return path.Ext(s.path) }
func (s source) name() string { return strings.TrimSuffix(path.Base(s.path), s.ext()) }

// shared reports whether the file is a part of others and no page itself.
func (s source) shared() bool { return strings.HasPrefix(s.name(), "_") }

func (s *Set) add(src source, all []source) error {
	switch {
	case src.shared():
		return nil
	case src.dir() == "page":
		return addHTML(s.pages, src, all)
	case src.ext() == ".html":
		return addHTML(s.mailHTML, src, all)
	}
	t, err := texttemplate.New(src.file).Funcs(texttemplate.FuncMap(funcs())).Parse(src.text)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	s.mailTexts[src.name()] = t
	return nil
}

func addHTML(into map[string]*htmltemplate.Template, src source, all []source) error {
	t, err := htmltemplate.New(src.file).Funcs(funcs()).Parse(src.text)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	for _, part := range all {
		if part.shared() && part.dir() == src.dir() {
			if _, err := t.New(part.file).Parse(part.text); err != nil {
				return fmt.Errorf("read template: %w", err)
			}
		}
	}
	into[src.name()] = t
	return escapes(t)
}

// escapes finds what html/template would refuse only when the page is first
// asked for, such as a quote that is never closed. Missing data is no fault
// here: the package that owns the struct checks the fields.
func escapes(t *htmltemplate.Template) error {
	trial, err := t.Clone()
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	var fault *htmltemplate.Error
	if err := trial.Execute(io.Discard, nil); errors.As(err, &fault) {
		return fmt.Errorf("read template: %w", err)
	}
	return nil
}

// read gives all files, each from the overrides where it is there.
func read(overrides string) ([]source, error) {
	var sources []source
	known := make(map[string]bool)
	err := fs.WalkDir(builtin, ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		known[p] = true
		text, err := builtin.ReadFile(p)
		sources = append(sources, source{p, p, string(text)})
		return err
	})
	if err != nil || overrides == "" {
		return sources, err
	}
	for i := range sources {
		if err := sources[i].override(overrides); err != nil {
			return nil, err
		}
	}
	return sources, stray(overrides, known)
}

func (s *source) override(folder string) error {
	file := path.Join(folder, s.path)
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return fmt.Errorf("read template %s: %w", file, err)
	}
	if len(text) > maxSize {
		return fmt.Errorf("read template %s: larger than %d bytes", file, maxSize)
	}
	s.file, s.text = file, strings.TrimPrefix(string(text), "\uFEFF")
	return nil
}

// stray refuses templates in the folder that override nothing: a misspelt name
// would be ignored for ever. Other files may lie there.
func stray(folder string, known map[string]bool) error {
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("read templates: %w", err)
	}
	for _, dir := range []string{"mail", "page"} {
		entries, err := os.ReadDir(path.Join(folder, dir))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read templates: %w", err)
		}
		for _, e := range entries {
			p := dir + "/" + e.Name()
			if ext := path.Ext(p); (ext == ".html" || ext == ".txt") && !known[p] {
				return fmt.Errorf("template %s overrides nothing; there are %s", path.Join(folder, p), list(known))
			}
		}
	}
	return nil
}
