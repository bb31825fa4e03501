package extract

import (
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/place"
)

// What is marked is what was understood, at the words that say it.
func TestMarks(t *testing.T) {
	const text = "Mở đầu, không có gì.\n  Sáng 28/4/2022, tại Việt Trì, theo Quyết định số 1373, 749/QĐ-TTg ngày 30/7/2021 và Kết luận số 49-KL/TW, hội nghị diễn ra.\nNgày 1/5/2022, tại Huế, Quyết định 749/QĐ-TTg được nhắc lại."
	var marked []string
	for _, m := range LegalMarks(text) {
		if !strings.HasSuffix(text[m.Start:m.End], m.Ref[strings.IndexAny(m.Ref, "/-"):]) {
			t.Errorf("%+v stands at %q", m, text[m.Start:m.End])
		}
		marked = append(marked, m.Ref)
	}
	if got := strings.Join(marked, " "); got != "749/QĐ-TTg 49-KL/TW 749/QĐ-TTg" {
		t.Errorf("marked: %s", got)
	}
	published := bantin.Day{Year: 2022, Month: time.May, Day: 3}
	e := Event(text, published, place.NewAtlas(nil))
	if e == nil {
		t.Fatal("no event")
	}
	start, end, ok := EventDayMark(text, published, e.Date)
	if !ok || text[start:end] != "28/4/2022" {
		t.Errorf("the day stands at %q", text[start:end])
	}
	if _, _, ok := EventDayMark(text, published, bantin.Day{Year: 2021, Month: time.July, Day: 30}); ok {
		t.Error("the day of a document is marked as the event's")
	}
}
