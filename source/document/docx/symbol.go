package docx

import (
	"strconv"
	"strings"
)

// Fonts of symbols have signs in the places of letters, which Word writes as w:sym, or as
// text in a private area of Unicode (U+F020 to U+F0FF).

// symbolFont are the signs of the font Symbol, from 0x20 and from 0xA0 on.
const (
	symbolLow  = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
	symbolHigh = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪·〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)

// wingdings are the signs of the Wingdings fonts that stand in texts.
var wingdings = map[string]map[byte]rune{
	"wingdings": {
		0x21: '✏', 0x22: '✂', 0x28: '☎', 0x29: '✆', 0x2a: '✉', 0x2b: '✉', 0x3f: '✍', 0x41: '✌', 0x43: '👍', 0x45: '☜', 0x46: '☞', 0x47: '☝', 0x48: '☟',
		0x4a: '☺', 0x4c: '☹', 0x52: '☼', 0x6c: '●', 0x6d: '❍', 0x6e: '■', 0x6f: '□', 0x70: '□', 0x71: '❑', 0x72: '❒', 0x73: '⬧', 0x74: '◆', 0x75: '◆', 0x76: '❖', 0x77: '◆',
		0x80: '⓪', 0x81: '①', 0x82: '②', 0x83: '③', 0x84: '④', 0x85: '⑤', 0x86: '⑥', 0x87: '⑦', 0x88: '⑧', 0x89: '⑨', 0x8a: '⑩',
		0x8c: '❶', 0x8d: '❷', 0x8e: '❸', 0x8f: '❹', 0x90: '❺', 0x91: '❻', 0x92: '❼', 0x93: '❽', 0x94: '❾', 0x95: '❿',
		0x9e: '·', 0x9f: '•', 0xa1: '○', 0xa4: '◉', 0xa7: '▪', 0xa8: '◻', 0xaa: '✦', 0xab: '★', 0xd8: '➢',
		0xdf: '←', 0xe0: '→', 0xe1: '↑', 0xe2: '↓', 0xe7: '←', 0xe8: '➔', 0xe9: '↑', 0xea: '↓', 0xef: '⇦', 0xf0: '⇨', 0xf1: '⇧', 0xf2: '⇩', 0xf3: '⇔',
		0xfb: '✗', 0xfc: '✓', 0xfd: '☒', 0xfe: '☑',
	},
	"wingdings 2": {0x4f: '✗', 0x50: '✓', 0x51: '☒', 0x52: '☑', 0x53: '☒', 0x54: '☒', 0x97: '●', 0x98: '•', 0x9f: '◼', 0xa2: '■', 0xa3: '□', 0xf1: '★'},
	"wingdings 3": {0x66: '←', 0x67: '→', 0x68: '↑', 0x69: '↓', 0x70: '▲', 0x71: '▼', 0x74: '◀', 0x75: '▶', 0x7d: '▶'},
	"webdings":    {0x33: '◀', 0x34: '▶', 0x35: '▲', 0x36: '▼', 0x61: '✓', 0x63: '□', 0x67: '■', 0x6e: '●', 0x72: '✗'},
}

func isSymbolFont(font string) bool { return font == "symbol" || wingdings[font] != nil }

// isPrivate finds the private area in which Word writes signs of such fonts.
func isPrivate(r rune) bool { return 0xf020 <= r && r <= 0xf0ff }

// symbol is the sign of a w:sym; "" where it is not known.
func symbol(font, char string) string {
	code, err := strconv.ParseUint(char, 16, 32)
	if err != nil {
		return ""
	}
	r := rune(code)
	font = strings.ToLower(font)
	if !isSymbolFont(font) && !isPrivate(r) && r >= ' ' {
		return string(r)
	}
	return sign(font, r)
}

// sign is the sign at the place of a letter.
func sign(font string, r rune) string {
	if isPrivate(r) {
		r -= 0xf000
	}
	switch {
	case r > 0xff:
		return string(r)
	case r < ' ':
		return ""
	case wingdings[font] != nil:
		if sign, ok := wingdings[font][byte(r)]; ok {
			return string(sign)
		}
		return ""
	}
	low, high := []rune(symbolLow), []rune(symbolHigh)
	switch {
	case int(r)-0x20 < len(low):
		return string(low[r-0x20])
	case r >= 0xa0 && int(r)-0xa0 < len(high):
		return string(high[r-0xa0])
	}
	return ""
}

// symbols writes the text of a run in a font of symbols.
func symbols(font, text string) string {
	var out strings.Builder
	for _, r := range text {
		if isSymbolFont(font) || isPrivate(r) {
			out.WriteString(sign(font, r))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}
