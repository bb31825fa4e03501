package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/place"
)

// What "tại" can have behind it that is no place, folded.
var notVenues = [...]string{
	"hoi nghi", "hoi thao", "buoi ", "day", "le ", "dai hoi", "chuong trinh", "cuoc ", "phien ", "ket luan", "quyet dinh", "ke hoach",
	"dieu ", "khoan ", "cho", "thoi diem", "toa dam", "cac ", "nhieu ", "mot so ", "do ", "sao", "ngoai", "nghi quyet", "chi thi", "cong van", "ngay hoi",
}

// What ends the name of a place inside a sentence.
var behindVenues = [...]string{
	" đã ", " diễn ra", " tổ chức", " do ", " với ", " để ", " nhằm ", " nhân ", " sẽ ", " có ", " trao ", " và trao ", " cùng ", " vừa ", " khai mạc", " long trọng ",
	" trong ngày", " vào ngày", " vào sáng", " vào chiều", " ngày ", " sáng ", " chiều ", " cho ", " về ", " được ", " nhưng ", " về việc ", " theo ",
	" (", " – ", " - ", ";", ":", ". ", "\n", "”",
}

// eventPlace reads the place of the event whose day ends at the byte at: what
// stands behind the first "tại" after the day, or else before it.
func eventPlace(s string, at int) string {
	if p := venueIn(s[at:]); p != "" {
		return p
	}
	if p := venueIn(s[:at]); p != "" {
		return p
	}
	for _, part := range [...]string{s[at:], s[:at]} {
		if p := otherVenueIn(part); p != "" {
			return p
		}
	}
	return dateline(s, at)
}

// otherVenueIn reads the place that stands behind other words than "tại": "Địa điểm:",
// "trên sân …", and the unit that somebody came to: "đến huyện Mù Cang Chải".
func otherVenueIn(s string) string {
	if _, behind, ok := cutFold(s, "địa điểm:"); ok {
		if p := placeName(strings.TrimLeft(behind, " \u00a0")); p != "" {
			return p
		}
	}
	if i := strings.Index(s, "trên sân "); i >= 0 {
		if p := placeName(s[i+len("trên "):]); p != "" {
			return p
		}
	}
	for _, to := range [...]string{"đến ", "tới ", "về "} {
		for from := 0; ; {
			i := strings.Index(s[from:], to)
			if i < 0 {
				break
			}
			from += i + len(to)
			rest := strings.TrimPrefix(s[from:], "thăm ")
			if isNamedUnit(rest) {
				return placeName(rest)
			}
		}
	}
	return ""
}

// cutFold cuts s around words that may begin with a capital.
func cutFold(s, words string) (before, behind string, ok bool) {
	if before, behind, ok = strings.Cut(s, words); ok {
		return before, behind, ok
	}
	first, size := utf8.DecodeRuneInString(words)
	return strings.Cut(s, string(unicode.ToUpper(first))+words[size:])
}

// isNamedUnit reports whether a text begins with the word for a unit and its name.
func isNamedUnit(s string) bool {
	for _, unit := range [...]string{"huyện ", "xã ", "phường ", "thị trấn ", "thị xã ", "thành phố ", "TP. ", "TP.", "quận ", "tỉnh ", "thôn ", "bản "} {
		if rest, ok := strings.CutPrefix(s, unit); ok {
			first, _ := utf8.DecodeRuneInString(rest)
			return unicode.IsUpper(first)
		}
	}
	return false
}

// venueOfNextSentences reads the place out of the sentence that follows that with the
// day, if it tells where all that was: "Hội nghị diễn ra tại …".
func venueOfNextSentences(text string) string {
	following := sentences(cutAt(text, 600))
	for i, s := range following {
		if i == 2 {
			break
		}
		if _, behind, ok := cutFold(s.text, "địa điểm:"); ok {
			if p := placeName(strings.TrimLeft(behind, " \u00a0")); p != "" {
				return p
			}
		}
		for _, act := range [...]string{"tổ chức tại ", "diễn ra tại ", "được tổ chức ở ", "khai mạc tại "} {
			if j := strings.Index(s.text, act); j >= 0 {
				return venueIn(s.text[j:])
			}
		}
	}
	return ""
}

// dateline reads "Phú Thọ, ngày 3/4/2022 –" and "(Đồng Nai) – Ngày …".
func dateline(s string, at int) string {
	before := strings.TrimLeft(s[:at], "(“ ")
	end := strings.IndexAny(before, ",):–-")
	if end < 0 {
		return ""
	}
	name := strings.TrimSpace(before[:end])
	if _, ok := place.Lookup(name); ok {
		return name
	}
	return ""
}

// venueIn reads the place behind the first "tại" of s that has one.
func venueIn(s string) string {
	for from := 0; ; {
		i, n := nextAt(s[from:])
		if i < 0 {
			return ""
		}
		from += i + n
		if p := placeName(s[from:]); p != "" {
			return p
		}
	}
}

// nextAt finds the word "tại", or "ở" before a name.
func nextAt(s string) (at, length int) {
	at = -1
	for _, word := range [...]string{"tại ", "Tại ", "ở "} {
		i := strings.Index(s, word)
		if i > 0 {
			before, _ := utf8.DecodeLastRuneInString(s[:i])
			if unicode.IsLetter(before) {
				continue
			}
		}
		if i >= 0 && (at < 0 || i < at) {
			at, length = i, len(word)
		}
	}
	return at, length
}

// placeName reads the name of a place to its end, with what it lies in.
func placeName(s string) string {
	folded := place.Fold(cutAt(s, 60))
	for _, not := range notVenues {
		if strings.HasPrefix(folded, not) {
			return ""
		}
	}
	end := clauseEnd(s)
	for end < len(s) && s[end] == ',' && isContaining(s[end+1:]) {
		end += 1 + clauseEnd(s[end+1:])
	}
	name := strings.Trim(s[:end], " ,.\u00a0“\"")
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }) && !beginsWithUnit(place.Fold(name)) {
		return ""
	}
	const longest = 160
	if utf8.RuneCountInString(name) > longest {
		return ""
	}
	return name
}

// clauseEnd is where the words up to a comma, or what cannot be of a name, end.
func clauseEnd(s string) int {
	end := strings.IndexByte(s, ',')
	if end < 0 {
		end = len(s)
	}
	for _, stop := range behindVenues {
		if i := strings.Index(s[:end], stop); i > 0 && !(stop == ". " && abbreviated(s[:i])) {
			end = i
		}
	}
	return end
}

// abbreviated reports whether a text ends in an abbreviation: "TP", "Q".
func abbreviated(s string) bool {
	word := s[strings.LastIndexAny(s, " ,(")+1:]
	return utf8.RuneCountInString(word) <= 2
}

// isContaining reports whether the words behind a comma say what a place lies in.
func isContaining(s string) bool {
	folded := place.Fold(cutAt(strings.TrimLeft(s, " "), 60))
	if beginsWithUnit(folded) {
		return true
	}
	name := strings.TrimSpace(s[:clauseEnd(s)])
	_, known := place.Lookup(name)
	return known
}

// beginsWithUnit reports whether folded words begin with the word for a unit or a road.
func beginsWithUnit(folded string) bool {
	for _, word := range [...]string{
		"xa ", "phuong ", "thi tran ", "thi xa ", "huyen ", "quan ", "thanh pho ", "tp ", "tp.", "tinh ", "thu do ", "thon ", "xom ", "ap ", "ban ",
		"duong ", "pho ", "so ", "khu ", "to dan pho ", "dac khu ", "q.", "h.", "p.", "tx.",
	} {
		if strings.HasPrefix(folded, word) {
			return true
		}
	}
	return false
}

// eventHost names the unit that was the host: that of which the text says so,
// that in which the place lies, that which the sentence names, or that whose
// people took the chair. It is a unit of the day it was published.
func eventHost(text, s, venue string, day bantin.Day, atlas *place.Atlas) string {
	slug := hostBy(text, "đăng cai", day, atlas)
	if slug == "" {
		slug = firstOf(atlas.Find(venue, day).Places)
	}
	named := atlas.Find(s, day).Places
	if seat, ok := place.SeatOf(venue, day); slug == "" && ok && (len(named) == 0 || slices.Contains(named, seat)) {
		slug = seat
	}
	if slug == "" {
		slug = firstOf(named)
	}
	if slug == "" {
		slug = hostBy(text, "chủ trì", day, atlas)
	}
	if slug == "" {
		slug = onlyUnit(text[:strings.Index(text, s)+len(s)], s, day, atlas)
	}
	if slug == "" {
		return ""
	}
	return place.Name(slug, bantin.Vietnamese)
}

// onlyUnit gives the one unit that the text names up to the end of the sentence,
// or that of a town in it.
func onlyUnit(beginning, s string, day bantin.Day, atlas *place.Atlas) string {
	if found := atlas.Find(beginning, day).Places; len(found) == 1 {
		return found[0]
	}
	seat, _ := place.SeatOf(s, day)
	return seat
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// hostBy gives the unit that the sentence names before the word. Who will be
// the next host is not the host.
func hostBy(text, word string, day bantin.Day, atlas *place.Atlas) string {
	i := strings.Index(text, word)
	if i < 0 {
		return ""
	}
	for _, later := range [...]string{" năm sau", " lần sau", " năm tới", " lần tới", " tiếp theo"} {
		if strings.HasPrefix(text[i+len(word):], later) {
			return ""
		}
	}
	start := max(strings.LastIndexByte(text[:i], '\n')+1, strings.LastIndex(text[:i], ". ")+1)
	found := atlas.Find(text[start:i], day).Places
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}
