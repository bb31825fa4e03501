package bantin

import "strings"

// Note is one line for the office about a bulletin: a warning, or why it is held.
// It is stored in both languages, because those who read it may use another one
// than the site: the Vietnamese, a line feed, the English. A Note of one line is
// the same in both, such as what a person typed.
type Note string

// NewNote makes a note of its wording in both languages.
func NewNote(vi, en string) Note {
	vi, en = strings.ReplaceAll(vi, "\n", " "), strings.ReplaceAll(en, "\n", " ")
	if vi == en {
		return Note(vi)
	}
	return Note(vi + "\n" + en)
}

// In gives the wording in l.
func (n Note) In(l Language) string {
	vi, en, both := strings.Cut(string(n), "\n")
	if !both {
		return vi
	}
	return l.Say(vi, en)
}
