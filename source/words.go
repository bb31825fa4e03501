package source

import (
	"bantin"
	"bantin/source/document"
)

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }

// problem makes a Problem of its two wordings.
func problem(vi, en string) *Problem { return &Problem{Words: words(vi, en)} }

// quote shows a foreign value in a message.
func quote(value string) string { return document.Quote(value) }
