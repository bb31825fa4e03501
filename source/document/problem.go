package document

import (
	"strconv"

	"bantin"
	"bantin/source/charset"
)

// Problem says why something gives no bulletin, in both languages.
type Problem struct {
	Words bantin.Words
	Err   error // the cause, where there is one that callers may ask for
}

func (p *Problem) Error() string {
	if p.Err != nil {
		return p.Words.EN + ": " + p.Err.Error()
	}
	return p.Words.EN
}

func (p *Problem) Unwrap() error { return p.Err }

// problem makes a Problem of its two wordings.
func problem(vi, en string) *Problem { return &Problem{Words: words(vi, en)} }

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }

// Quote shows a foreign value in a message: quoted, on one line, not long.
func Quote(value string) string { return strconv.Quote(bantin.Shorten(charset.OneLine(value), 80)) }
