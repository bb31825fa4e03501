package source

import (
	"bantin"
	"bantin/source/document"
)

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }

// quote shows a foreign value in a message.
func quote(value string) string { return document.Quote(value) }
