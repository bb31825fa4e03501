package extract

import (
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/cost"
	"bantin/place"
)

// References in forms beyond those of the labelled texts.
func TestLegalRefs(t *testing.T) {
	for text, want := range map[string]string{
		"Quyết định số1373/QĐ-TTg, Số387/QĐ-TTg": "1373/QĐ-TTg Quyết định; 387/QĐ-TTg Quyết định",
		"Thông tri số 01-TT/TW":                  "01-TT/TW Thông tri",
		"123/KHVN-VP; 45/UBND-TB; 12-HD/BTGTW":   "123/KHVN-VP ; 45/UBND-TB Thông báo; 12-HD/BTGTW Hướng dẫn",
		"43/2019/QH14":                           "43/2019/QH14 Luật",
		"gói thầu 5/XL-TB, xsố5/QĐ-TTg":          "",
	} {
		var got []string
		for _, r := range LegalRefs(text) {
			got = append(got, r.Ref+" "+r.Kind)
		}
		if joined := strings.Join(got, "; "); joined != want {
			t.Errorf("%s: %q, want %q", text, joined, want)
		}
	}
}

func FuzzLegalRefs(f *testing.F) {
	f.Add("Quyết định số 1373, 749 và 387/QĐ- TTg ngày 25/3/2022, 49-KL/TW")
	f.Add("3/SE4 12/2021/QH14 1/ -a/\xff")
	f.Fuzz(func(t *testing.T, text string) {
		var refs []bantin.LegalRef
		cost.Within(t, len(text), func() { refs = LegalRefs(text) })
		for _, r := range refs {
			if r.Ref == "" || r.Count < 1 || strings.ContainsAny(r.Ref, " \n\u00a0–") {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}

// A text of twice the length costs at most about twice as much, whatever is in it.
func TestExtractIsLinear(t *testing.T) {
	atlas := place.NewAtlas(nil)
	for _, piece := range []string{"1/QĐ-TTg ", "số 1, ", "Quyết định ", "ngày 1/2/2022 ", "1-", "/", "tại ", "từ ngày 1 đến ", "xã A, huyện ", "ông ", "sáng "} {
		cost.Linear(t, "Quyết định số ", piece, ".", 50_000, func(text string) {
			LegalRefs(text)
			Event(text, bantin.Day{Year: 2024, Month: time.February, Day: 29}, atlas)
			ParseTime(text, time.UTC)
		})
	}
}
