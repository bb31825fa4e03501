package extract

import (
	"regexp"
	"strings"

	"bantin"
	"bantin/place"
)

// Words that stand before the day of an event, folded.
const dayWords = " ngay sang chieu toi trua dem "

// Words before a day, among the last three, that make it another kind of day:
// one of a document, an anniversary, a term.
var otherDays = [...]string{
	"kỷ niệm", "chào mừng", "nhân", "hưởng ứng", "mừng", "đến", "tính đến", "kể từ", "hết", "trước", "sau", "sinh", "mất",
	"thành lập", "ký", "ban hành", "hạn", "chậm nhất", "hiệu lực", "có hiệu lực từ", "gửi về", "cho đến", "tới", "nộp",
}

// eventDay finds the day of an event in a sentence, and where it stands.
func eventDay(s string, published bantin.Day) (day bantin.Day, from, end int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		start := i
		for i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
			i++
		}
		signing := isSigning(s[:start])
		if !signing && !isEventDay(s[:start]) {
			continue
		}
		d, n := firstDay(s[start:], published)
		if n > 0 && (!signing || strings.HasPrefix(strings.TrimLeft(s[start+n:], ", "), "tại ")) {
			return d, start, start + n, true
		}
	}
	return day, 0, 0, false
}

// isEventDay reports whether the words before a number say that it is the day
// of an event: "ngày", "sáng", "hôm nay (", "hai ngày".
func isEventDay(before string) bool {
	if rest, ok := cutWeekday(before); ok {
		return !isOtherDay(withoutDayWords(strings.Fields(rest)))
	}
	open := strings.TrimRight(before, " \u00a0")
	for _, early := range [...]string{"mồng", "mùng"} { // the first ten days: "ngày mồng 3 tháng 2"
		open = strings.TrimRight(strings.TrimSuffix(open, early), " \u00a0")
	}
	today := strings.TrimRight(open, "(, \u00a0")
	if t := place.Fold(today); strings.HasSuffix(t, " nay") || strings.HasSuffix(t, "hom qua") || strings.HasSuffix(t, "hom nay") || strings.HasSuffix(t, "vua qua") && open != today {
		return true
	}
	words := strings.Fields(strings.TrimRight(open, ":"))
	if len(words) == 0 {
		return false
	}
	last := strings.Trim(words[len(words)-1], "(,“\"")
	if !strings.Contains(dayWords, " "+place.Fold(last)+" ") {
		return false
	}
	return !isOtherDay(withoutDayWords(words))
}

// withoutDayWords takes the words for a day and a time of day off the end, with the hour
// of a deadline: "trước 17 giờ ngày" leaves "trước".
func withoutDayWords(words []string) []string {
	for len(words) > 0 && strings.Contains(dayWords+" va vao hoi luc ", " "+place.Fold(words[len(words)-1])+" ") {
		words = words[:len(words)-1]
	}
	rest, unit := words, "" // of the number before it
	for len(rest) > 0 {
		last := place.Fold(rest[len(rest)-1])
		switch isUnit := last == "gio" || last == "phut"; {
		case isUnit:
			unit = "h"
		case hourWord.MatchString(last + unit):
			unit = ""
		case last == "truoc" || last == "nhat":
			return rest
		default:
			return words
		}
		rest = rest[:len(rest)-1]
	}
	return words
}

// hourWord is an hour in one word.
var hourWord = regexp.MustCompile(`^\d{1,2}[hg]\d{0,2}$`)

// cutWeekday takes a weekday off the end of the words before a number: "Sáng chủ nhật
// 21/10/2018", "Thứ Bảy (20/10/2018)". What comes for the third time ("lần thứ ba") is
// counted and no weekday.
func cutWeekday(before string) (rest string, ok bool) {
	words := strings.Fields(strings.TrimRight(before, "(, \u00a0"))
	n := len(words)
	if n < 2 {
		return "", false
	}
	first, last := place.Fold(strings.TrimLeft(words[n-2], "(“\"")), place.Fold(strings.TrimRight(words[n-1], ","))
	isSunday := (first == "chu" || first == "chua") && last == "nhat"
	isOther := first == "thu" && strings.Contains(" hai ba tu nam sau bay 2 3 4 5 6 7 ", " "+last+" ")
	if !isSunday && !isOther {
		return "", false
	}
	if n > 2 && strings.Contains(" lan ky khoa hang giai nam dot ", " "+place.Fold(words[n-3])+" ") {
		return "", false
	}
	return strings.Join(words[:n-2], " "), true
}

// isSigning reports whether words tell of what was signed, so that the day is one of an
// event where a place follows.
func isSigning(before string) bool {
	folded := place.Fold(strings.TrimRight(before, " \u00a0"))
	for _, words := range [...]string{"duoc ky ngay", "duoc ky ket ngay", "duoc ky vao ngay", "duoc ky ket vao ngay", "da ky ngay"} {
		if strings.HasSuffix(folded, words) {
			return true
		}
	}
	return false
}

// isOtherDay reports whether the words before "ngày" make it no day of an event.
func isOtherDay(words []string) bool {
	tail := strings.ToLower(strings.Join(words[max(0, len(words)-3):], " "))
	for _, other := range otherDays {
		if tail == other || strings.HasSuffix(tail, " "+other) {
			return true
		}
	}
	if len(words) == 0 {
		return false
	}
	// "Kế hoạch số 71/KH-KHVN ngày 3/2/2022" is dated, and so is "của Thủ tướng ngày …".
	last := words[len(words)-1]
	return strings.ContainsAny(last, "/-") && strings.ContainsAny(last, "0123456789") && !strings.HasSuffix(last, ",") ||
		isAuthority(words)
}

// isAuthority reports whether the words are the end of "Quyết định … của X",
// without a comma between, so that the day is the document's.
func isAuthority(words []string) bool {
	for i := len(words) - 1; i >= max(0, len(words)-12); i-- {
		if strings.HasSuffix(words[i], ",") {
			return false
		}
		if strings.EqualFold(words[i], "của") && i > 0 && strings.ContainsAny(words[i-1], "/-") {
			return true
		}
	}
	return false
}
