package config

import (
	"encoding/json"
	"fmt"

	"bantin"
)

// Problem is an error or a warning about a place in the file.
type Problem struct {
	File         string
	Line, Column int // from 1, in characters; 0: the file as a whole
	Message      bantin.Words
	Hint         bantin.Words // what is possible; may be empty
	Warning      bool         // the file can be used all the same
	Trial        bool         // a warning that matters only once mail goes to people
}

// MarshalJSON writes the problem in English: JSON is the same in every language.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File    string `json:"file"`
		Line    int    `json:"line,omitempty"`
		Column  int    `json:"column,omitempty"`
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
		Warning bool   `json:"warning,omitempty"`
	}{p.File, p.Line, p.Column, p.Message.EN, p.Hint.EN, p.Warning})
}

// weight sorts errors before warnings.
func (p Problem) weight() int {
	if p.Warning {
		return 1
	}
	return 0
}

// head is the first line of the problem, in the format of compilers.
func (p Problem) head(lang bantin.Language) string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	if p.Warning {
		at += ": " + lang.Say("cảnh báo", "warning")
	}
	return at + ": " + p.Message.In(lang)
}

// both formats the same values in each language. A text that needs them in another
// order uses %[2]q.
func both(vi, en string, values ...any) bantin.Words { return bantin.Say(vi, en, values...) }
