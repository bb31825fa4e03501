package extract

import (
	"strings"
	"testing"
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
		for _, r := range LegalRefs(text) {
			if r.Ref == "" || r.Count < 1 || strings.ContainsAny(r.Ref, " \n\u00a0–") {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}
