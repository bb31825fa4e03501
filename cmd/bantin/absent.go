package main

import (
	"errors"
	"fmt"

	"bantin"
)

// absentError says that there is no such thing, and where those are shown that
// there are.
type absentError struct {
	error
	words bantin.Words
}

func (e *absentError) Unwrap() error { return e.error }

// absent words an error of a look-up where it says that nothing was found; any
// other, and nil, it gives back. The error itself says in English what it was
// that is not there; what says it in Vietnamese.
func absent(err error, what, name, list string) error {
	if !errors.Is(err, bantin.ErrNotFound) {
		return err
	}
	return &absentError{err, bantin.Words{
		VI: fmt.Sprintf("Không có %s %q: `%s` cho biết có những gì.", what, name, list),
		EN: fmt.Sprintf("`%s` lists them", list),
	}}
}

func absentBulletin(err error, id string) error {
	return absent(err, "tin", id, "bantin bulletins list")
}

func absentEdition(err error, id string) error {
	return absent(err, "kỳ", id, "bantin editions list")
}

func absentContact(err error, address string) error {
	return absent(err, "người nhận", address, "bantin contacts export")
}

func absentSuppression(err error, address string) error {
	return absent(err, "địa chỉ bị chặn", address, "bantin suppressions list")
}
