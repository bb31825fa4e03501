//go:build !linux && !darwin

package disk

import "errors"

// At is not known on this system.
func At(string) (Space, error) { return Space{}, errors.New("this system does not tell") }
