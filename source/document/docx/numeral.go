package docx

// Letters writes a number as HTML lists of letters do: a to z, then aa, ab; "" where
// there is none.
func Letters(n int) (out string) {
	for ; n > 0; n = (n - 1) / 26 {
		out = string(rune('a'+(n-1)%26)) + out
	}
	return out
}

// Roman writes a number in small Roman numerals; "" where there is none.
func Roman(n int) (out string) {
	if n >= 4000 {
		return ""
	}
	for _, r := range []struct {
		value   int
		letters string
	}{
		{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"},
		{50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"},
	} {
		for ; n >= r.value; n -= r.value {
			out += r.letters
		}
	}
	return out
}
