package main

import (
	"errors"
	"fmt"

	"bantin"
)

// notFoundError says that there is no such thing, and where those are shown that
// there are.
type notFoundError struct {
	error
	words bantin.Words
}

func (e *notFoundError) Unwrap() error { return e.error }

// notFound words an error of a look-up where it says that nothing was found; any
// other, nil, and one that has its words, it gives back. The error itself says in English what it was
// that is not there; what says it in Vietnamese.
func notFound(err error, what, name, list string) error {
	if !errors.Is(err, bantin.ErrNotFound) || errors.As(err, new(*notFoundError)) {
		return err
	}
	return &notFoundError{err, bantin.Words{
		VI: fmt.Sprintf("Không có %s %q: `%s` cho biết có những gì.", what, name, list),
		EN: fmt.Sprintf("`%s` lists them", list),
	}}
}

func bulletinNotFound(err error, id string) error {
	return notFound(err, "tin", id, "bantin bulletins list")
}

func editionNotFound(err error, id string) error {
	return notFound(err, "kỳ", id, "bantin editions list")
}

func contactNotFound(err error, address string) error {
	return notFound(err, "người nhận", address, "bantin contacts list")
}

func suppressionNotFound(err error, address string) error {
	return notFound(err, "địa chỉ bị chặn", address, "bantin suppressions list")
}
