package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// legacyEncoding is a way to write Vietnamese with one byte a letter, or a letter and a
// mark. It reads text of which each character stands for a byte, as a program
// shows it that takes it for Western European.
type legacyEncoding struct {
	name string
	read func(text string) string
}

// The names of encodings, as a bulletin shows them.
const (
	codeTCVN3  = "TCVN3"
	codeVNI    = "VNI"
	codeVISCII = "VISCII"
	code1258   = "windows-1258"
	codeTwice  = "double-encoded UTF-8"
)

// encodings lists all, the most common first.
func encodings() []legacyEncoding {
	return []legacyEncoding{
		{codeTwice, readTwice}, {codeTCVN3, readTCVN3}, {codeVNI, readVNI}, {code1258, read1258}, {codeVISCII, readVISCII},
	}
}

// byteOf gives the byte that a character stands for, in Latin-1 or in the
// places that windows-1252 has filled there.
func byteOf(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

// tcvn3 has the letters of TCVN 5712:1993, VN3 ("ABC"), from 0xA1 on. Its
// capitals with a tone are small letters in a font of capitals.
const tcvn3 = "ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ·"

func readTCVN3(text string) string {
	table := []rune(tcvn3)
	var out strings.Builder
	for _, r := range text {
		if b, ok := byteOf(r); ok && b >= 0xa1 && table[b-0xa1] != '·' {
			r = table[b-0xa1]
		}
		out.WriteRune(r)
	}
	return capitals(out.String())
}

// capitals writes the words large whose plain letters are: "HéI" was set in a
// font of capitals.
func capitals(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
		return text
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		if large(w) {
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, " ")
}

// large reports whether a word has a plain capital behind its first letter, and
// no plain small letter.
func large(word string) bool {
	found := false
	for i, r := range word {
		if 'a' <= r && r <= 'z' {
			return false
		}
		found = found || i > 0 && 'A' <= r && r <= 'Z'
	}
	return found
}

// viscii has the letters of RFC 1456 from 0x80 on; six capitals more lie among
// the control characters.
const viscii = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"

func readVISCII(text string) string {
	table := []rune(viscii)
	low := map[rune]rune{0x02: 'Ẳ', 0x05: 'Ẵ', 0x06: 'Ẫ', 0x14: 'Ỷ', 0x19: 'Ỹ', 0x1e: 'Ỵ'}
	var out strings.Builder
	for _, r := range text {
		if b, ok := byteOf(r); ok && b >= 0x80 {
			r = table[b-0x80]
		} else if letter := low[r]; letter != 0 {
			r = letter
		}
		out.WriteRune(r)
	}
	return out.String()
}

// In VNI a vowel has its marks in one character behind it; ơ, ư, đ and the
// marked i have characters of their own.
const (
	vniMarks = "ù\u0301ø\u0300û\u0309õ\u0303ï\u0323â\u0302á\u0302\u0301à\u0302\u0300å\u0302\u0309ã\u0302\u0303ä\u0302\u0323" +
		"ê\u0306é\u0306\u0301è\u0306\u0300ú\u0306\u0309ü\u0306\u0303ë\u0306\u0323"
)

func readVNI(text string) string {
	var out strings.Builder
	vowel := false // the character before may bear marks
	for _, r := range text {
		small := []rune(strings.ToLower(string(r)))[0]
		if marks := vniMark(small); marks != "" && vowel {
			out.WriteString(marks)
			vowel = false
			continue
		}
		if letter := vniLetter(small); letter != 0 {
			vowel = letter == 'ơ' || letter == 'ư'
			if small != r {
				letter = []rune(strings.ToUpper(string(letter)))[0]
			}
			out.WriteRune(letter)
			continue
		}
		vowel = strings.ContainsRune("aeouy", small)
		out.WriteRune(r)
	}
	return norm.NFC.String(out.String())
}

// vniLetter gives the letter that one small character is by itself, or 0.
func vniLetter(r rune) rune {
	switch r {
	case 'ô':
		return 'ơ'
	case 'ö':
		return 'ư'
	case 'ñ':
		return 'đ'
	case 'æ':
		return 'ỉ'
	case 'ó':
		return 'ĩ'
	case 'ò':
		return 'ị'
	case 'î':
		return 'ỵ'
	}
	return 0
}

// vniMark gives the marks that one small character puts on the vowel before it.
func vniMark(r rune) string {
	const marksBegin = '\u0300'
	_, rest, ok := strings.Cut(vniMarks, string(r))
	if !ok || r >= marksBegin || r < 0x80 {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < marksBegin })
	if end < 0 {
		end = len(rest)
	}
	return rest[:end]
}

// read1258 reads the encoding of Vietnamese Windows, whose tones stand behind their
// letter.
func read1258(text string) string {
	var out strings.Builder
	for _, r := range text {
		if b, ok := byteOf(r); ok && b >= 0x80 {
			if letter := charmap.Windows1258.DecodeByte(b); letter != utf8.RuneError {
				r = letter
			}
		}
		out.WriteRune(r)
	}
	return norm.NFC.String(out.String())
}

// readTwice reads UTF-8 that was taken for a Western encoding and written in UTF-8
// again, perhaps more than once.
func readTwice(text string) string {
	for range 3 {
		once := readOnce(text)
		if once == text {
			break
		}
		text = once
	}
	return norm.NFC.String(text)
}

func readOnce(text string) string {
	var out strings.Builder
	var run []byte   // bytes that the characters of shown stand for
	var shown []rune // the characters of a run
	flush := func() {
		for i := 0; i < len(run); {
			r, n := utf8.DecodeRune(run[i:])
			if n == 1 {
				r = shown[i]
			}
			out.WriteRune(r)
			i += n
		}
		run, shown = run[:0], shown[:0]
	}
	for _, r := range text {
		if b, ok := byteOf(r); ok && b >= 0x80 {
			run, shown = append(run, b), append(shown, r)
			continue
		}
		if n := len(run); r == ' ' && n > 0 && run[n-1] == 0xc3 {
			// The second byte of à was a no-break space, which somebody made plain.
			run, shown = append(run, 0xa0), append(shown, r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}
