package bantin

import "errors"

// Errors that callers ask for with errors.Is.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("already exists")
	ErrHeld     = errors.New("all mailing is held")
)
