package config

import "bantin"

// later lists keys that the contracts name and that do nothing yet. They are
// unknown as any other, but whoever read of them learns why.
func later(path string) bool {
	switch path {
	case "digests[].report":
		return true
	}
	return false
}

func laterHint() bantin.Words {
	return both("thuộc một phiên bản sau của bantin", "a later version of bantin has it")
}
