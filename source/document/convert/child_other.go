//go:build !unix

package convert

// canLimit reports whether programs can be limited here. Without limits none is run.
func canLimit() bool { return false }
