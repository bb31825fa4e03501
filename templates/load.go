package templates

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	texttemplate "text/template"
)

//go:embed mail/* page/* office/*
var builtin embed.FS

// maxSize limits an override in bytes; a larger file is not a template.
const maxSize = 1 << 20

// Set is all templates, parsed. It is immutable and safe for concurrent use.
type Set struct {
	pages     map[string]*htmltemplate.Template
	office    map[string]*htmltemplate.Template
	mailHTML  map[string]*htmltemplate.Template
	mailTexts map[string]*texttemplate.Template
	outdated  []Outdated
}

// Load parses the built-in templates, each replaced by the file of the same name
// in the folder overrides; "" is no folder. It fails for a folder that is missing,
// for a template that does not parse, and for a template file that overrides
// nothing.
func Load(overrides string) (*Set, error) {
	sources, err := read(overrides)
	if err != nil {
		return nil, err
	}
	set := &Set{
		pages:     make(map[string]*htmltemplate.Template),
		office:    make(map[string]*htmltemplate.Template),
		mailHTML:  make(map[string]*htmltemplate.Template),
		mailTexts: make(map[string]*texttemplate.Template),
	}
	for _, s := range sources {
		if err := set.add(s, sources); err != nil {
			return nil, err
		}
		if missing := s.missing(); len(missing) > 0 {
			set.outdated = append(set.outdated, Outdated{s.file, missing})
		}
	}
	return set, nil
}

// Page returns the template page/NAME.html. It panics for an unknown name, since
// only the program itself names pages.
func (s *Set) Page(name string) *htmltemplate.Template { return mustFind(s.pages, "page", name) }

// Office returns the template office/NAME.html. It panics for an unknown name.
func (s *Set) Office(name string) *htmltemplate.Template { return mustFind(s.office, "office", name) }

// MailHTML returns the template mail/NAME.html. It panics for an unknown name.
func (s *Set) MailHTML(name string) *htmltemplate.Template { return mustFind(s.mailHTML, "mail", name) }

// MailText returns the template mail/NAME.txt. It panics for an unknown name.
func (s *Set) MailText(name string) *texttemplate.Template {
	return mustFind(s.mailTexts, "mail", name)
}

// Pages returns the names of all pages of the site, in no order.
func (s *Set) Pages() []string { return slices.Collect(maps.Keys(s.pages)) }

// OfficePages returns the names of all pages of the office, in no order.
func (s *Set) OfficePages() []string { return slices.Collect(maps.Keys(s.office)) }

func mustFind[T any](all map[string]T, kind, name string) T {
	t, ok := all[name]
	if !ok {
		panic("templates: there is no " + kind + " template " + name)
	}
	return t
}

// source is one file: its path among the built-in files, the path it was read
// from, and its text.
type source struct{ path, file, text string }

func (s source) dir() string  { return path.Dir(s.path) }
func (s source) ext() string  { return path.Ext(s.path) }
func (s source) name() string { return strings.TrimSuffix(path.Base(s.path), s.ext()) }

// shared reports whether the file is a partial.
func (s source) shared() bool { return strings.HasPrefix(s.name(), "_") }

func (s *Set) add(src source, all []source) error {
	switch {
	case src.shared():
		return nil
	case src.dir() == "page":
		return addHTML(s.pages, src, all)
	case src.dir() == "office":
		return addHTML(s.office, src, all)
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
	for _, part := range src.needed(all) {
		if err := part.parseInto(t); err != nil {
			return fmt.Errorf("read template: %w", err)
		}
	}
	into[src.name()] = t
	return checkEscaping(t)
}

// needed gives the partials that a page calls, and those that they call: each page keeps
// what it is given, parsed.
func (s source) needed(all []source) (parts []source) {
	called := s.text
	for before := -1; len(parts) > before; {
		before = len(parts)
		for _, part := range all {
			if part.shared() && part.dir() == s.dir() && !slices.Contains(parts, part) && part.isCalled(called) {
				parts, called = append(parts, part), called+part.text
			}
		}
	}
	return parts
}

var definition = regexp.MustCompile(`define "([^"]+)"`)

// isCalled reports whether a text calls what the file defines, or what the built-in one does.
func (s source) isCalled(text string) bool {
	builtIn, _ := builtin.ReadFile(s.path) // a file of the overrides alone has none
	return slices.ContainsFunc(definition.FindAllStringSubmatch(s.text+string(builtIn), -1), func(m []string) bool {
		return strings.Contains(text, `template "`+m[1]+`"`)
	})
}

// parseInto adds a partial. One that overrides the built-in one replaces what it defines,
// so that a partial from before a block existed does not stop the program.
func (s source) parseInto(t *htmltemplate.Template) error {
	if s.file != s.path {
		text, err := builtin.ReadFile(s.path)
		if err != nil {
			return err
		}
		if _, err := t.New(s.path).Parse(string(text)); err != nil {
			return err
		}
	}
	_, err := t.New(s.file).Parse(s.text)
	return err
}

// checkEscaping finds what html/template reports only when a template is first
// executed, such as a quote that is never closed. Missing data is ignored: the
// package that owns the struct checks the fields.
func checkEscaping(t *htmltemplate.Template) error {
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

// read returns all files, each from the overrides where it exists there.
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
	return sources, checkStray(overrides, known)
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

// checkStray refuses templates in the folder that override nothing: a misspelled
// name would be ignored silently. Other files may lie there.
func checkStray(folder string, known map[string]bool) error {
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("read templates: %w", err)
	}
	for _, dir := range []string{"mail", "office", "page"} {
		entries, err := os.ReadDir(path.Join(folder, dir))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read templates: %w", err)
		}
		for _, e := range entries {
			p := dir + "/" + e.Name()
			if ext := path.Ext(p); (ext == ".html" || ext == ".txt") && !known[p] {
				return fmt.Errorf("template %s overrides no built-in template; built-in are %s", path.Join(folder, p), joinNames(known))
			}
		}
	}
	return nil
}
