package schedule_test

import (
	"testing"

	"bantin/schedule"
)

func TestEitherDay(t *testing.T) {
	for spec, want := range map[string]string{
		"0 7 1-7 * MON":      "0 7 * * MON#1",
		"30 6 8-14 1-6 2":    "30 6 * 1-6 2#2",
		"0 7 25-31 * FRI":    "0 7 * * FRI#L",
		"0 7 1,15 * FRI":     "either",
		"0 7 1-7 * MON,TUE":  "either",
		"0 7 L * FRI":        "either",
		"0 7 */2 * MON":      "either",
		"0 7 1 * MON#1":      "either",
		"0 7 * * MON":        "",
		"0 7 ? * MON":        "",
		"0 7 1-7 * *":        "",
		"0 7 L * *":          "",
		"@weekly":            "",
		"@every 15m":         "",
		"0 7 32 * MON":       "",
		"bảy giờ sáng thứ 2": "",
	} {
		meant, either := schedule.EitherDay(spec)
		if got := meant; either != (want != "") || got != want && want != "either" {
			t.Errorf("EitherDay(%q) = %q %v, want %q", spec, meant, either, want)
		}
	}
}
