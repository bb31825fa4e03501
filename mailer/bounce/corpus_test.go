package bounce_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bantin/internal/testneed"

	"bantin/mailer/bounce"
)

// TestRealBounces holds the classifier against real messages, which are not
// part of this repository, and the figures of docs/bounces.md.
func TestRealBounces(t *testing.T) {
	dir := testneed.Shared(t, "data/bounces")
	rows, err := expected(filepath.Join(dir, "expected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	reportedText := map[string][]bounce.Recipient{}
	var count, right, addresses, named int
	byKind := map[string][2]int{}
	for _, row := range rows {
		if _, ok := reportedText[row.file]; !ok {
			reportedText[row.file] = classifyFile(t, filepath.Join(dir, "messages", row.file))
		}
		got, found := answer(reportedText[row.file], row.recipients)
		good := string(got) == row.kind || row.also != "" && string(got) == row.also
		k := byKind[row.kind]
		k[1]++
		count++
		if good {
			right++
			k[0]++
		}
		byKind[row.kind] = k
		if row.kind != "auto" && len(row.recipients) > 0 {
			addresses++
			if found {
				named++
			}
		}
		if got == bounce.Hard && row.kind != "hard" && row.also != "hard" {
			t.Errorf("%s: called hard, and is %s", row.file, row.kind)
		}
	}
	balanced := 0.0
	for _, k := range byKind {
		balanced += float64(k[0]) / float64(k[1]) / float64(len(byKind))
	}
	t.Logf("kind %.1f %%, balanced %.1f %%, recipient %.1f %%", 100*float64(right)/float64(count), 100*balanced, 100*float64(named)/float64(addresses))
	if float64(right) < 0.95*float64(count) || balanced < 0.93 || float64(named) < 0.97*float64(addresses) {
		t.Error("want kind 95 %, balanced 93 %, recipient 97 %")
	}
}

type expectation struct {
	file, kind, also string
	recipients       []string
}

func expected(file string) ([]expectation, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	var list []expectation
	for _, r := range records[min(1, len(records)):] {
		list = append(list, expectation{r[0], r[2], r[3], strings.Fields(r[6])})
	}
	return list, err
}

func classifyFile(t *testing.T, file string) []bounce.Recipient {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []bounce.Recipient
	for r, err := range bounce.ReadAll(f) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r.Recipients...)
	}
	return list
}

// answer is what was said of one of these addresses, else the one thing that
// was said at all.
func answer(reportedText []bounce.Recipient, addresses []string) (kind bounce.Kind, named bool) {
	for _, r := range reportedText {
		if slices.Contains(addresses, strings.ToLower(r.Address)) {
			return r.Kind, true
		}
	}
	if len(reportedText) == 1 {
		return reportedText[0].Kind, false
	}
	return "", false
}
