package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/place"
)

// Bulletins begin with the day and the place of what they report: "Ngày
// 6/9/2021, tại huyện Đà Bắc, …", "Sáng 15-10, Hội … tổ chức … tại …". Other
// days in the same sentence are those of documents, anniversaries and terms;
// they are known by the word before them.

// Where an event is looked for: the lead and a paragraph or two, in bytes, and so many
// sentences of them.
const (
	eventBeginning = 2400
	eventSentences = 8
)

// Event reads what the beginning of a text, lead first, reports: the first day
// that is the day of something, the hour and the place beside it, and the unit that was
// the host. A day without a year is the one nearest to published. It is nil where
// no such day is.
func Event(text string, published bantin.Day, atlas *place.Atlas) *bantin.Event {
	head := cutAt(text, eventBeginning)
	var first *bantin.Event
	for i, s := range sentences(head) {
		if i == eventSentences {
			break
		}
		day, from, at, ok := eventDay(s.text, published)
		if !ok {
			continue
		}
		e := &bantin.Event{Date: day, Time: eventHour(s.text[:from], s.text[at:]), Place: eventPlace(s.text, at)}
		if e.Place == "" && first == nil {
			e.Place = venueOfNextSentences(head[s.end:])
		}
		if e.Place != "" {
			e.Host = eventHost(text, s.text, e.Place, published, atlas)
			return e
		}
		if first == nil {
			e.Host = eventHost(text, s.text, "", published, atlas)
			first = e
		}
	}
	return first
}

// cutAt shortens text to whole characters.
func cutAt(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// sentence is a piece of a text, and where it begins and ends with the blanks behind it.
type sentence struct {
	text    string
	at, end int
}

// sentences cuts text at line ends, and at full stops that no abbreviation,
// initial or number has.
func sentences(text string) []sentence {
	var all []sentence
	start := 0
	cut := func(end int) {
		if s := strings.TrimSpace(text[start:end]); s != "" {
			at := start + strings.Index(text[start:end], s)
			all = append(all, sentence{s, at, end})
		}
		start = end
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			cut(i + 1)
		case '.', '!', '?', ';':
			if text[i] == ';' || endsSentence(text, i) {
				cut(i + 1)
			}
		}
	}
	cut(len(text))
	return all
}

// endsSentence reports whether the stop at i ends a sentence: a blank and a
// capital or digit stand behind it, and before it no abbreviation.
func endsSentence(text string, i int) bool {
	if i+1 < len(text) && text[i+1] != ' ' && text[i+1] != '\n' && !strings.HasPrefix(text[i+1:], "\u00a0") {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " \u00a0\n“\"("))
	if unicode.IsLower(next) {
		return false
	}
	word := text[strings.LastIndexAny(text[:i], " \n.,(")+1 : i]
	if text[i] != '.' || word == "" {
		return text[i] != '.'
	}
	return utf8.RuneCountInString(word) > 3 || strings.ToLower(word) == word || word[0] >= '0' && word[0] <= '9'
}

// firstDay reads a day, or the first of several: "12 và 13/5/2023", "12-13/5",
// "30/9 đến 2/10/2022", "12, 13 tháng 5 năm 2023".
func firstDay(s string, published bantin.Day) (day bantin.Day, length int) {
	p := scanner{text: s}
	first, n := p.integer(2)
	if n == 0 || first == 0 || first > 31 {
		return day, 0
	}
	if d, n := ReadDay(s, published); n > 0 && !p.spans(d, n) {
		if second, m := lastDay(s[n:], published); m > 0 {
			d = atYear(d, second, s[:n])
			n += m
		}
		return d, n
	}
	if m := p.and(); m {
		if d, n := ReadDay(s[p.at:], published); n > 0 && d.Day > first {
			d.Day = first
			return d, p.at + n
		} else if _, more := p.integer(2); more > 0 && p.and() { // 11, 12 và 13/5
			if d, n := ReadDay(s[p.at:], published); n > 0 && d.Day > first {
				d.Day = first
				return d, p.at + n
			}
		}
	}
	return day, 0
}

// spans reports whether what looks like day and month are two days of a span,
// "12-13/5": the second number is followed by a stroke and a month.
func (p *scanner) spans(d bantin.Day, n int) bool {
	q := *p
	if q.dayApart() != "-" && q.text[p.at:min(len(q.text), p.at+3)] != "–" {
		return false
	}
	if _, m := q.integer(2); m == 0 {
		return false
	}
	return q.peek(q.at) == '/' || strings.HasPrefix(q.text[q.at:], " tháng ")
}

// and reads what stands between the days of a span or list.
func (p *scanner) and() bool {
	return p.oneOf(" và ngày ", " và ", " đến ngày ", " đến ", " - ", " – ", "-", "–", ", ", " & ") != ""
}

// lastDay reads the second day of "30/9 đến 2/10/2022".
func lastDay(s string, near bantin.Day) (d bantin.Day, length int) {
	p := scanner{text: s}
	if !p.and() {
		return d, 0
	}
	d, n := ReadDay(s[p.at:], near)
	if n == 0 {
		return d, 0
	}
	return d, p.at + n
}

// atYear gives the first day of a span the year that only the second has.
func atYear(first, second bantin.Day, written string) bantin.Day {
	if strings.Count(written, "/")+strings.Count(written, "-")+strings.Count(written, ".")+strings.Count(written, "năm") < 2 {
		first.Year = second.Year
		if second.Before(first) {
			first.Year--
		}
	}
	return first
}
