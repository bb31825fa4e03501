//go:build !unix

package cost

import "time"

// Time is how long a function takes.
func Time(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}
