package schedule

import (
	"fmt"

	"bantin"
)

// Error says what is wrong with a line, a day or a duration, and what would be
// right, in both languages.
type Error struct {
	Spec string       // as it was written
	What bantin.Words // what is wrong with it
	Hint bantin.Words // what is possible
}

// Error is the message in English.
func (e *Error) Error() string { return e.In(bantin.English) }

// In is the message in lang.
func (e *Error) In(lang bantin.Language) string {
	return fmt.Sprintf("%q: %s; %s", e.Spec, e.What.In(lang), e.Hint.In(lang))
}

func wrong(spec string, what, hint bantin.Words) error { return &Error{spec, what, hint} }
