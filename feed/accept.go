package feed

import "strings"

// weights are the qualities that a reader gives to codings, in thousandths;
// unnamed where it says nothing (RFC 9110 12.5.3).
type weights [codings]int

const unnamed = -1

// parseWeights reads Accept-Encoding. What cannot be read is not accepted,
// which is the safe side; other codings are passed over.
func parseWeights(fields []string) weights {
	w := weights{unnamed, unnamed, unnamed, unnamed}
	rest := unnamed
	for _, field := range fields {
		for field != "" {
			var part string
			part, field, _ = strings.Cut(field, ",")
			name, params, _ := strings.Cut(part, ";")
			if name = strings.TrimSpace(name); name == "*" {
				rest = quality(params)
			} else if c, ok := codingNamed(name); ok {
				w[c] = max(w[c], quality(params))
			}
		}
	}
	for c := range w {
		if w[c] == unnamed && (coding(c) != plainCoding || rest == 0) {
			w[c] = rest
		}
	}
	return w
}

func codingNamed(name string) (coding, bool) {
	switch {
	case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
		return gzipCoding, true
	case strings.EqualFold(name, "br"):
		return brotliCoding, true
	case strings.EqualFold(name, "zstd"):
		return zstdCoding, true
	case strings.EqualFold(name, "identity"):
		return plainCoding, true
	}
	return 0, false
}

// take reports whether the reader can use the coding at all.
func (w *weights) take(c coding) bool {
	if c == plainCoding {
		return w[c] != 0
	}
	return w[c] > 0
}

// best is the copy of the highest weight; of equal ones a packed one, and the
// smallest. A reader that takes nothing we have gets the plain document rather
// than an error.
func (w *weights) best(copies []representation) *representation {
	var best, plain *representation
	weight := 0
	for i := range copies {
		switch c := &copies[i]; {
		case c.coding == plainCoding:
			plain = c
		case w[c.coding] > weight:
			best, weight = c, w[c.coding]
		}
	}
	if best == nil || w[plainCoding] > weight {
		return plain
	}
	return best
}

// quality reads the weight in parameters, in thousandths. Without one it is
// 1000; what cannot be read is 0.
func quality(params string) int {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1000
	}
	if len(params) < 2 || params[0]|0x20 != 'q' || params[1] != '=' {
		return 0
	}
	whole, fraction, _ := strings.Cut(strings.TrimSpace(params[2:]), ".")
	if whole == "1" {
		return 1000
	}
	value := 0
	for i := range 3 {
		value *= 10
		if i < len(fraction) && fraction[i] >= '0' && fraction[i] <= '9' {
			value += int(fraction[i] - '0')
		}
	}
	return value
}
