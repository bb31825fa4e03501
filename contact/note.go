package contact

import (
	"fmt"

	"bantin"
)

// Note is what was noticed of a row or a list that was taken all the same.
type Note struct {
	Column string // the heading, as the list has it; "" where the whole row is meant
	bantin.Words
}

// note makes a Note of its two wordings, to be completed with the heading.
func note(vi, en string, args ...any) Note {
	return Note{Words: words(fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...))}
}
