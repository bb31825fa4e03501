package source_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/place"
	"bantin/source/extract"
)

// The real bulletin: seven documents in nine mentions, one of which has a day.
func TestRealBulletinUnderstood(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "4929.txt"), realBulletin(t))
	b := read(t, dir, nil)[0].Bulletin
	story, day := b.Lead+"\n\n"+b.Text, bantin.DayOf(b.Published)
	got := extract.Event(story, day, place.NewAtlas(nil))
	want := &bantin.Event{Date: bantin.Day{Year: 2022, Month: time.April, Day: 28}, Place: "Thành phố Việt Trì", Host: "Phú Thọ"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("event (-want +got)\n%s", d)
	}
	if d := cmp.Diff([]bantin.LegalRef{
		{Ref: "49-KL/TW", Kind: "Kết luận", Count: 2},
		{Ref: "489/QĐ-TTg", Kind: "Quyết định", Count: 1},
		{Ref: "749/QĐ-TTg", Kind: "Quyết định", Count: 1},
		{Ref: "14/CT-TTg", Kind: "Chỉ thị", Count: 1},
		{Ref: "1373/QĐ-TTg", Kind: "Quyết định", Count: 1},
		{Ref: "387/QĐ-TTg", Kind: "Quyết định", Date: bantin.Day{Year: 2022, Month: time.March, Day: 25}, Count: 2},
		{Ref: "71/KH-KHVN", Kind: "Kế hoạch", Count: 1},
	}, extract.LegalRefs(story)); d != "" {
		t.Errorf("references (-want +got)\n%s", d)
	}
}
