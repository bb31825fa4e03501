//go:build !unix

package doctor

import "errors"

// spaceAt is not known on this system.
func spaceAt(string) (Space, error) { return Space{}, errors.New("this system does not tell") }
