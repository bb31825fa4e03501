package extract

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bantin"
)

// dayOfDocument reads the day of a document that stands behind its reference:
// "ngày 25/3/2022", "(25-3-2022)", "của Thủ tướng Chính phủ ngày …".
func dayOfDocument(text string) bantin.Day {
	const farthest = 120
	text = text[:min(len(text), farthest)]
	if i := strings.IndexAny(text, ";0123456789"); i >= 0 && text[i] != ';' {
		before := strings.TrimRight(text[:i], " \u00a0\n")
		if strings.HasSuffix(before, "(") && len(strings.TrimSpace(before)) == 1 || endsInDayWord(before) {
			d, _ := ReadDay(text[i:], bantin.Day{})
			return d
		}
	}
	return bantin.Day{}
}

// endsInDayWord reports whether text ends in the word for a day, and no sentence or
// clause ends before it.
func endsInDayWord(text string) bool {
	if strings.Contains(text, ". ") || strings.Contains(text, "\n\n") {
		return false
	}
	return strings.HasSuffix(text, "ngày") || strings.HasSuffix(text, "Ngày")
}

// ReadDay reads 25/3/2022, 25-3-2022, 25.3.2022 or "25 tháng 3 năm 2022" at the
// beginning of text, and how long it is. Where it has no year, near gives the
// year that brings it nearest, and the zero Day none.
func ReadDay(text string, near bantin.Day) (d bantin.Day, length int) {
	p := scanner{text: text}
	day, n := p.integer(2)
	if n == 0 {
		return d, 0
	}
	apart := p.dayApart()
	if apart == "" {
		return d, 0
	}
	month, n := p.integer(2)
	if n == 0 && apart == " tháng " {
		month, n = p.monthName()
	}
	if n == 0 {
		return d, 0
	}
	end := p.at
	year := 0
	if p.yearApart(apart) {
		joint := p.peek(p.at - 1)
		switch y, n := p.integer(4); {
		case n == 4:
			year, end = y, p.at
		case n == 2 && joint != '-': // 12/5/23; but 30/9-12/10 is a span
			year, end = 2000+y, p.at
		case joint == '/':
			return d, 0
		}
	}
	if year == 0 && (apart == " - " || apart == " – ") {
		return d, 0 // "8 - 10 tháng 5" is a span
	}
	if year == 0 {
		if c := p.peek(end); c >= '0' && c <= '9' || near.IsZero() {
			return d, 0
		}
		year = nearestYear(day, month, near)
	}
	if year < 1900 || year > 2100 || !isDay(year, month, day) {
		return d, 0
	}
	return bantin.Day{Year: year, Month: time.Month(month), Day: day}, end
}

// monthName reads the name of a month, and how long it is. Giêng and Chạp are
// months of the moon, and no days of ours.
func (p *scanner) monthName() (month, length int) {
	names := [...]string{12: "mười hai", 11: "mười một", 10: "mười", 9: "chín", 8: "tám", 7: "bảy", 6: "sáu", 5: "năm", 4: "tư", 3: "ba", 2: "hai", 1: "một"}
	rest := strings.ToLower(cutAt(p.text[p.at:], 24))
	for month := len(names) - 1; month > 0; month-- {
		name := names[month]
		next, _ := utf8.DecodeRuneInString(strings.TrimPrefix(rest, name))
		if strings.HasPrefix(rest, name) && !unicode.IsLetter(next) {
			p.at += len(name)
			return month, len(name)
		}
	}
	return 0, 0
}

func isDay(year, month, day int) bool {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return month >= 1 && month <= 12 && t.Day() == day && day > 0
}

// nearestYear dates a day without a year: what bulletins report of was lately,
// or will soon be.
func nearestYear(day, month int, near bantin.Day) int {
	best, least := near.Year, time.Duration(1<<62)
	for year := near.Year - 1; year <= near.Year+1; year++ {
		apart := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Sub(near.In(time.UTC))
		if apart > 0 {
			apart = 2 * apart // the past is likelier
		}
		if apart = apart.Abs(); apart < least {
			best, least = year, apart
		}
	}
	return best
}
