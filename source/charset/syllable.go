package charset

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How Vietnamese a text reads is judged by its syllables: each is an onset, a
// rhyme and a tone, and what can stand together is fixed. Letters that were read
// in the wrong encoding make almost none. Words without diacritics say nothing,
// because all encodings share them.

const (
	onsets = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
	rhymes = "a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây " +
		"e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu " +
		"iê iêc iêm iên iêng iêp iêt iêu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet " +
		"oi om on ong oong ooc op ot oăc oăm oăn oăng oăt oăp ô ôc ôi ôm ôn ông ôông ôp ôt ơ ơi ơm ơn ơp ơt " +
		"u ua uc ui um un ung up ut uân uât uâng uây uê uêch uên uênh uêt uêu uôc uôi uôm uôn uông uôt uơ uơt " +
		"uy uya uych uyn uynh uyp uyt uyu uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt ưu ươ ươc ươi ươm ươn ương ươp ươt ươu " +
		"y ych yn ynh yt yêm yên yêng yêt yêu êng uă uâ"
)

// syllables are the parts that a syllable can have.
var syllables = sync.OnceValue(func() *struct{ onset, rhyme map[string]bool } {
	s := struct{ onset, rhyme map[string]bool }{map[string]bool{"": true}, map[string]bool{}}
	for o := range strings.FieldsSeq(onsets) {
		s.onset[o] = true
	}
	for r := range strings.FieldsSeq(rhymes) {
		s.rhyme[r] = true
	}
	return &s
})

// The tones as Unicode combines them with a letter: huyền, sắc, ngã, hỏi, nặng.
const tones = "\u0300\u0301\u0303\u0309\u0323"

// syllable reports whether a word can be a Vietnamese syllable.
func syllable(word string) bool {
	letters, tone, ok := toneless(word)
	if !ok {
		return false
	}
	known := syllables()
	for cut := 0; cut <= len(letters) && cut <= len("ngh"); cut++ {
		if cut < len(letters) && letters[cut]&0xc0 == 0x80 {
			continue
		}
		if known.onset[letters[:cut]] && known.rhyme[letters[cut:]] {
			return stops(letters, tone)
		}
	}
	return letters == "gi"
}

// toneless takes the tone off a word, in lower case. It is not ok where there
// are two tones, or a mark that Vietnamese has not.
func toneless(word string) (letters string, tone rune, ok bool) {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		switch {
		case strings.ContainsRune(tones, r):
			if tone != 0 {
				return "", 0, false
			}
			tone = r
		case r == 'ð': // the lookalike of đ, which many keyboards write
			b.WriteRune('đ')
		case 'a' <= r && r <= 'z', r == 'đ', r == '\u0302', r == '\u0306', r == '\u031b':
			b.WriteRune(r)
		default:
			return "", 0, false
		}
	}
	return norm.NFC.String(b.String()), tone, true
}

// stops reports whether the tone is one that the ending bears: behind p, t, c
// and ch only sắc and nặng are spoken.
func stops(letters string, tone rune) bool {
	if last := letters[len(letters)-1]; last != 'p' && last != 't' && last != 'c' && !strings.HasSuffix(letters, "ch") {
		return true
	}
	return tone == '\u0301' || tone == '\u0323'
}

// score counts the words with letters beyond ASCII: those that can be
// Vietnamese, and those that cannot.
type score struct{ good, bad int }

func (s score) words() int { return s.good + s.bad }

// surplus orders readings of one text.
func (s score) surplus() int { return s.good - s.bad }

// reads reports whether nearly all words are Vietnamese. A foreign name in
// fifteen words is common.
func (s score) reads() bool { return s.good > 0 && s.good >= 9*s.bad }

// scoreOf judges a text.
func scoreOf(text string) (s score) {
	for word := range strings.FieldsFuncSeq(text, separates) {
		word = strings.TrimFunc(word, sign)
		if !foreignLetters(word) || loneSign(word) {
			continue
		}
		switch {
		case syllable(word):
			s.good++
		case !abbreviation(word):
			s.bad++
		}
	}
	return s
}

// abbreviation tells QĐ and BGDĐT, which are no syllables and yet right.
func abbreviation(word string) bool {
	return len(word) > len("Đ") && strings.Trim(word, "ABCDEGHIKLMNOPQRSTUVXYĐÐ") == ""
}

// separates tells what stands between words. Signs of the upper half of Latin-1
// do not: in the old encodings they are letters.
func separates(r rune) bool {
	if r < 0x80 {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}
	return r == '\u00a0' || r >= 0x2000 && unicode.In(r, unicode.P, unicode.Z, unicode.S)
}

// sign tells signs that may touch a word.
func sign(r rune) bool { return strings.ContainsRune("«»°²³½±§©®·¿¡¼¾×\u00ad", r) }

// loneSign tells signs that stand alone, and units: ÷, £, 1º, 5 µm. Inside of
// words the same characters are letters of the old encodings.
func loneSign(word string) bool {
	switch strings.TrimPrefix(word, "µ") {
	case "m", "g", "l", "s", "A", "F", "V", "W", "Nº", "N°":
		return true
	}
	return strings.Trim(word, "¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿×÷") == ""
}

// withoutSigns blanks the words that are nothing but signs, and units with one:
// 15 °C × 3, ½, 100 m². In an old encoding they would read as words.
func withoutSigns(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return '\u00a1' <= r && r <= '\u00bf' || r == '×' || r == '÷' }) {
		return text
	}
	var out strings.Builder
	for word := range strings.SplitSeq(text, " ") {
		bare := strings.TrimFunc(word, separates)
		if unit := strings.TrimFunc(bare, sign); !foreignLetters(word) || !loneSign(bare) && !strings.Contains(" m km dm cm mm C F ", " "+unit+" ") {
			out.WriteString(word)
		}
		out.WriteByte(' ')
	}
	return out.String()
}

func foreignLetters(word string) bool {
	for i := range len(word) {
		if word[i] >= 0x80 {
			return true
		}
	}
	return false
}
