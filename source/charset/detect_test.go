package charset

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"bantin/internal/cost"
	"bantin/internal/testneed"
)

// sentencesOfOurs are the paragraphs of the labelled texts.
func sentencesOfOurs(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/labelled/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	var all []string
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(raw)) {
			if l = strings.TrimSpace(l); vietnameseOnly(l) && !strings.Contains(l, " | ") {
				all = append(all, norm.NFC.String(l))
			}
		}
	}
	return all
}

// Each sentence in each code, as bytes and as the text that a program makes of
// them, is read right, or said to be unsure: never silently wrong.
func TestEncodings(t *testing.T) {
	var all, right, silent int
	for _, sentence := range sentencesOfOurs(t) {
		if scoreOf(sentence).good < 4 {
			continue // three words can read well by chance: only a whole bulletin tells
		}
		for name, raw := range inCodes(sentence) {
			want := plainSigns.Replace(sentence)
			if strings.HasPrefix(name, codeTCVN3) {
				want = tcvn3Capitals(sentence)
			}
			all++
			r := detect(raw)
			switch {
			case !r.unsure && same(r.text, want) && strings.HasPrefix(name, r.encoding) && r.encoding != "":
				right++
			case !r.unsure:
				silent++
				t.Logf("silently wrong, %s as %q: %q", name, r.encoding, r.text)
			default:
				t.Logf("unsure, %s: %s", name, sentence)
			}
		}
	}
	t.Logf("encodings: %d of %d sentences right, %d silently wrong", right, all, silent)
	if silent > 0 || right*100 < all*99 {
		t.Error("below the bar")
	}
}

// same compares but for what the codes do not have: typographic signs, and the
// capitals of TCVN3, which are a matter of fonts.
func same(got, want string) bool {
	return strings.EqualFold(got, want)
}

// inCodes writes a sentence in every code: as bytes, and as text of those.
func inCodes(s string) map[string]string {
	s = plainSigns.Replace(s)
	all := map[string]string{}
	add := func(name, latin string) {
		all[name+" text"] = latin
		all[name+" bytes"] = latinBytes(latin)
	}
	add(codeTCVN3, inTable(tcvn3Capitals(s), []rune(tcvn3), 0xa1))
	add(codeVISCII, inTable(s, []rune(viscii), 0x80))
	add(codeVNI, inVNI(s))
	add(code1258, in1258(s))
	all[codeTwice+" latin"] = asBytes(s)
	twice := ""
	for _, c := range []byte(s) {
		r := charmap.Windows1252.DecodeByte(c)
		if r == '\ufffd' {
			r = rune(c)
		}
		twice += string(r)
	}
	all[codeTwice+" windows"] = twice
	return all
}

// plainSigns are what the old codes have for typographic ones.
var plainSigns = strings.NewReplacer("–", "-", "“", `"`, "”", `"`)

func latinBytes(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func inTable(s string, table []rune, first int) string {
	place := map[rune]rune{}
	for i, r := range table {
		if _, had := place[r]; !had && r != '·' {
			place[r] = rune(first + i)
		}
	}
	var b strings.Builder
	for _, r := range s {
		if p, ok := place[r]; ok {
			r = p
		}
		b.WriteRune(r)
	}
	return b.String()
}

// tcvn3Capitals writes small what TCVN3 has no capital for.
func tcvn3Capitals(s string) string {
	return plainSigns.Replace(strings.Map(func(r rune) rune {
		if r >= 0x80 && !strings.ContainsRune(tcvn3, r) {
			return []rune(strings.ToLower(string(r)))[0]
		}
		return r
	}, s))
}

func inVNI(s string) string {
	var b strings.Builder
	for _, r := range s {
		written := ""
		for _, base := range "aeouyAEOUYôöÔÖ" {
			for _, mark := range "ùøûõïâáàåãäêéèúüë" {
				both := string(base) + string(mark)
				if readVNI(both) == string(r) {
					written = both
				}
			}
		}
		for _, single := range "ôöñæóòîÔÖÑÆÓÒÎ" {
			if readVNI(string(single)) == string(r) {
				written = string(single)
			}
		}
		if written == "" {
			written = string(r)
		}
		b.WriteString(written)
	}
	return b.String()
}

func in1258(s string) string {
	var b strings.Builder
	for _, r := range s {
		if c, ok := charmap.Windows1258.EncodeRune(r); ok {
			b.WriteRune(rune(c))
			continue
		}
		letters, tone, _ := toneless(string(r))
		if strings.ToUpper(string(r)) == string(r) {
			letters = strings.ToUpper(letters)
		}
		for _, part := range letters + string(tone) {
			c, _ := charmap.Windows1258.EncodeRune(part)
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// What is plain Unicode is let through as it is, with foreign names in it.
func TestUnicodeStays(t *testing.T) {
	for _, text := range append(sentencesOfOurs(t),
		"", "Plain English text without a single mark.", "Müller và François tới Krông Păk, Đắk Ơ", "Grüße aus München: Ärzte, Öl, Straße, für Kinder, Mädchen, schöne Grüße",
		"Nhiệt độ 37°C, diện tích 20m², 1.000€, «hòa bình»", "À, thế à? Ừ.", "Il était une fois à Besançon où François mangeait des pâtes près du château",
		"ÂM NHẠC CHO EM", "Hà Nam", "Bình", "http://example.vn/a?b=c&d=e?f",
	) {
		if r := detect(text); r.text != text || r.encoding != "" || r.unsure {
			t.Errorf("%q became %q in %q, unsure %t", text, r.text, r.encoding, r.unsure)
		}
	}
}

// What nothing explains, or has lost its letters, waits for a person.
func TestUnsure(t *testing.T) {
	for _, text := range []string{
		"H?i Khuy?n h?c Vi?t Nam t? ch?c h?i ngh?", "H\ufffdi Khuy\ufffdn h\ufffdc Vi\ufffdt Nam",
		"Há»i Khuyáº¿n há»c tá»nh",
	} {
		if r := detect(text); !r.unsure && r.encoding == "" {
			t.Errorf("%q is taken as it is", text)
		}
	}
}

// The samples beside the project: one sentence in each code.
func TestGivenEncodings(t *testing.T) {
	raw, err := os.ReadFile(testneed.Shared(t, "data/legacy_encodings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var samples map[string]string
	if err := json.Unmarshal(raw, &samples); err != nil {
		t.Fatal(err)
	}
	want := samples["utf8_nfc"]
	for name, encoding := range map[string]string{
		"tcvn3_as_cp1252_text": codeTCVN3, "tcvn3_bytes_hex": codeTCVN3, "viscii_bytes_hex": codeVISCII, "cp1258_bytes_hex": code1258,
		"vni_text": codeVNI, "vni_bytes_hex": codeVNI, "utf8_double_encoded": codeTwice,
	} {
		text := samples[name]
		if strings.HasSuffix(name, "_hex") {
			var b []byte
			if _, err := fmt.Sscanf(text, "%x", &b); err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		if r := detect(text); r.text != want || r.encoding != encoding || r.unsure {
			t.Errorf("%s: %q in %q, unsure %t", name, r.text, r.encoding, r.unsure)
		}
	}
}

func FuzzReread(f *testing.F) {
	f.Add("Héi nghÞ giao ban tæng kÕt c«ng t¸c khuyÕn häc")
	f.Add("Hoäi nghò giao ban toång keát\nHội nghị\n\xe1\xbb")
	f.Add("Há»\u0099i nghá»\u008b H\xffi")
	f.Fuzz(func(t *testing.T, text string) {
		var r detected
		cost.Within(t, len(text), func() { r = detect(text) })
		if len(r.text) > 4*len(text)+8 {
			t.Errorf("%d bytes became %d", len(text), len(r.text))
		}
		if r.encoding == "" && !r.unsure && r.text != text {
			t.Errorf("%q became %q without a word", text, r.text)
		}
		if r.text != strings.ToValidUTF8(r.text, "") {
			t.Errorf("%q: not valid", text)
		}
	})
}

// What is right Unicode stays as it is: signs that stand alone, units, names of
// other languages.
func TestRereadLeavesUnicode(t *testing.T) {
	const other = "Hội Khuyến học Việt Nam tổ chức hội nghị."
	for _, text := range []string{
		"15 °C × 3 ÷ 2", "½ chặng đường; 100 m²; 5 µm", "5 µg/l và 3 µm", "giá 5 £ hoặc 10 ¥, 3 ¢", "€ 5, £ 6 và ¥ 7", "Nº 12/KH",
		"chiều dài × chiều rộng ÷ 2", "¼ số tỉnh, ¾ số huyện, ½ số xã", "1º giải, 2ª hạng", "§ 5, ¶ 6", "Ô tô ¬ a ¦ b", "¨ ´ ¸ ¯", "37°C ± 2",
		"QĐ-TTg", "QÐ-TTg", "Ðại hội Ðảng bộ", "Ðồng Nai, Ðà Nẵng", "ÐẠI HỘI",
		"tiếng Pháp: où, çà, naïve, Noël", "Straße über München", "São Paulo", "Ê-đê, Xơ-đăng, Krông Pắk, Kpă Klơng", "日本語 và русский",
	} {
		for _, whole := range []string{text, other + "\n" + text, text + ". " + other} {
			if r := detect(whole); r.text != whole || r.unsure {
				t.Errorf("%q: %q as %q, unsure %v", whole, r.text, r.encoding, r.unsure)
			}
		}
	}
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"Ðại hội Ðảng, QÐ-TTg, BGDÐT, ði": "Đại hội Đảng, QĐ-TTg, BGDĐT, đi",
		"Guðmundsson đến Hà Nội":          "Guðmundsson đến Hà Nội",
		"Phú\u200b Thọ, khuyến\u00ad học": "Phú Thọ, khuyến học",
		"\u202egnos ãs\u202c":             "gnos ãs",
		"gia đình 👨\u200d👩":               "gia đình 👨\u200d👩",
	} {
		if got, err := Decode([]byte(in)); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// A text of twice the length costs at most about twice as much, whatever is in it.
func TestDetectIsLinear(t *testing.T) {
	for _, piece := range []string{"Héi nghÞ ", "Há»\u0099i ", "Hoäi\n", "Hội ", "\xff", "\n", "a\u0323"} {
		cost.Linear(t, "", piece, "", 50_000, func(text string) { detect(text) })
	}
}

// A page in another script is read in the encoding that it names; one that names a Western
// encoding, or whose bytes tell their own, is not believed.
func TestDecodePage(t *testing.T) {
	page := func(label, text string) []byte {
		return []byte(`<html><head><meta charset="` + label + `"><title>` + text + `</title></head><body><p>` + text + `</p></body></html>`)
	}
	koi8, err := charmap.KOI8R.NewEncoder().String("Общество знания встречает гостей из Вьетнама")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what     string
		raw      []byte
		want     string
		encoding string
		unsure   bool
	}{
		{"Russian", page("KOI8-R", koi8), "Общество знания", "koi8-r", false},
		{"Russian that names no encoding", page("", koi8), "", "", true},
		{"German", page("iso-8859-1", "Verf\xfcgbare Sprachen: fran\xe7ais, espa\xf1ol"), "", "", true},
		{"TCVN3 that names another", page("koi8-r", "Héi nghÞ giao ban tæng kÕt c«ng t¸c khuyÕn häc"), "Hội nghị giao ban", codeTCVN3, false},
		{"a null", append(page("utf-8", "Hội nghị giao ban khối thi đua"), "<p>a\x00b</p>"...), "ab", "", false},
		{"conditions of scripts", page("utf-8", "<script>var n=a?b:c;f(x?y:z);g(u?v:w)</script> A page in English"), "English", "", false},
	} {
		var d Decoder
		text, err := d.DecodePage(c.raw)
		if err != nil || !strings.Contains(text, c.want) || d.Unsure != c.unsure || c.encoding != "" && d.Encoding != c.encoding {
			t.Errorf("%s: %q, %+v, %v", c.what, text, d, err)
		}
	}
}

// What is taken to be tidy at a glance is left as it is by all that tidies texts: each
// character, alone and between letters, and what is no UTF-8.
func TestTidyAtAGlance(t *testing.T) {
	check := func(text string) {
		if !isTidy(text) {
			return
		}
		if got := Tidy(norm.NFC.String(DropForbidden(text))); got != text || !utf8.ValidString(text) {
			t.Errorf("%+q becomes %+q", text, got)
		}
	}
	for r := range rune(0x20000) {
		check(string(r))
		check("a" + string(r) + "a\u0301")
		check(string(r) + "ại hội")
		if text := "Hội" + string(r) + "Khuyến học"; r != '\r' {
			check(text)
		}
	}
	for a := range 256 {
		for b := range 256 {
			check(string([]byte{byte(a), byte(b)}))
			check(string([]byte{'x', byte(a), byte(b), 0xa0, 'y'}))
		}
	}
	for _, text := range []string{"Hội Khuyến học Việt Nam, “Đắk Lắk” và nhà trường – 2026…\n", ""} {
		if !isTidy(text) {
			t.Errorf("%q is looked at more than once", text)
		}
	}
}
