package bantin

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Site is what all pages, feeds and mails say of their publisher.
type Site struct {
	Title    string
	URL      string         // public base of all links, without a slash at its end
	Language Language       // of pages, mail and dates where nobody chose another
	Location *time.Location // zone of the days that people read
	Contact  string         // an e-mail address
	Address  string         // postal, for the foot of each mail
	Place    string         // slug of the unit of a provincial association; "" for a central one
	Unit     Words          // how sentences call it: "tỉnh Phú Thọ"
	Logo     *Image         // at the head of pages and mails, of the size at which it is shown; nil for none
}

// Link makes a path of ours absolute. What is absolute already stays.
func (s *Site) Link(path string) string {
	if strings.Contains(path, "://") || strings.HasPrefix(path, "mailto:") {
		return path
	}
	return strings.TrimSuffix(s.URL, "/") + "/" + strings.TrimPrefix(path, "/")
}

// LinkIn is Link to a page in a language: it is named in the address where it is
// not the site's own.
func (s *Site) LinkIn(l Language, path string) string {
	if l == s.Language {
		return s.Link(path)
	}
	return s.Link(path + "?lang=" + string(l))
}

// Language is a language that pages and mails are written in.
type Language string

// The languages.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
)

// Languages lists all, the default first.
func Languages() []Language { return []Language{Vietnamese, English} }

// Known reports whether pages and mails exist in l.
func (l Language) Known() bool { return l == Vietnamese || l == English }

// Words names the language for people; empty for one that is not known.
func (l Language) Words() Words {
	return map[Language]Words{
		Vietnamese: {VI: "tiếng Việt", EN: "Vietnamese"},
		English:    {VI: "tiếng Anh", EN: "English"},
	}[l]
}

// Say picks the wording in l. Both stand side by side in code and templates,
// so that nobody writes one and forgets the other.
func (l Language) Say(vi, en string) string {
	if l == English {
		return en
	}
	return vi
}

// Feed is a published document over a selection of bulletins.
type Feed struct {
	ID      string // for a feed per place or cluster: "tinh/phu-tho"
	Title   string
	Select  Selection
	Limit   int
	Aliases []string
	Gone    bool // it has ended for good: its addresses answer 410
}

// Selection says which bulletins are meant: those that match each key that is
// given, where a key is matched by any of its values. The zero Selection is all.
type Selection struct {
	Places   []string `json:"places,omitempty"`
	Clusters []string `json:"clusters,omitempty"`
	Sources  []string `json:"sources,omitempty"`
	Topics   []string `json:"topics,omitempty"`
	Urgent   bool     `json:"urgent,omitempty"` // only what is urgent
}

// Cluster is a named group of places that work together.
type Cluster struct {
	ID     string
	Title  string
	Names  []string // how texts call it
	Places []string // slugs of its members
}

// Topic is a subject of bulletins, chosen beside their places.
type Topic struct {
	ID    string
	Title string
	Words []string // phrases by which texts are about it
}

// Words is one wording in both languages.
type Words struct{ VI, EN string }

// In gives the wording in l.
func (w Words) In(l Language) string { return l.Say(w.VI, w.EN) }

// Say words a message in both languages. Words among its values are said in each.
func Say(vi, en string, values ...any) Words {
	if len(values) == 0 {
		return Words{VI: vi, EN: en}
	}
	in := func(l Language, format string) string {
		values := slices.Clone(values)
		for i := range values {
			if w, ok := values[i].(Words); ok {
				values[i] = w.In(l)
			}
		}
		return fmt.Sprintf(format, values...)
	}
	return Words{VI: in(Vietnamese, vi), EN: in(English, en)}
}
