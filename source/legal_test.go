package source

import (
	"strings"
	"testing"
)

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
