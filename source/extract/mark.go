package extract

import (
	"bantin"
)

// RefMark is where a text cites a document.
type RefMark struct {
	Start, End int // bytes
	Ref        string
}

// LegalMarks gives where a text cites the documents that LegalRefs finds, in the order of
// the text. Of numbers that share a symbol, the last one is marked.
func LegalMarks(text string) []RefMark {
	f := refFinder{text: text, book: legalVocabulary()}
	f.find()
	return f.marks
}

// EventDayMark gives where a text says the day of its event, as Event reads it; ok is false
// where it says none such.
func EventDayMark(text string, published, day bantin.Day) (start, end int, ok bool) {
	for i, s := range sentences(cutAt(text, eventBeginning)) {
		if i == eventSentences {
			break
		}
		if d, from, to, found := eventDay(s.text, published); found && d == day {
			return s.at + from, s.at + to, true
		}
	}
	return 0, 0, false
}
