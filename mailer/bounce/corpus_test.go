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
	if float64(right) < 0.98*float64(count) || balanced < 0.97 || float64(named) < 0.99*float64(addresses) {
		t.Error("want kind 98 %, balanced 97 %, recipient 99 %")
	}
}

// TestCases holds the classifier against messages written after what providers and mail
// servers document, which are not part of this repository either: also whose fault a
// failure is.
func TestCases(t *testing.T) {
	dir := testneed.Shared(t, "cases/bounces")
	rows, err := readCSV(filepath.Join(dir, "expected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, r := range rows { // file, recipient, kind, also, about
		list := classifyFile(t, filepath.Join(dir, "messages", r[0]))
		got, _ := verdict(list, strings.Fields(strings.ToLower(r[1])))
		allowed := append(strings.Fields(r[3]), r[2])
		if !slices.Contains(allowed, string(got.Kind)) {
			wrong++
			t.Logf("%s: got %s, want %s", r[0], got.Kind, allowed)
		}
		if (got.Kind == bounce.Hard || got.Kind == bounce.Complaint) && !slices.Contains(allowed, "hard") && !slices.Contains(allowed, "complaint") {
			t.Errorf("%s: called %s, and is %s", r[0], got.Kind, r[2])
		}
		if r[4] != "" && got.Reason.AboutSender() != (r[4] == "us") {
			wrong++
			t.Logf("%s: %s is not about %s", r[0], got.Reason, r[4])
		}
	}
	if wrong > len(rows)/50 {
		t.Errorf("%d of %d are wrong", wrong, len(rows))
	}
}

type expectation struct {
	file, kind, also string
	recipients       []string
}

func expected(file string) ([]expectation, error) {
	records, err := readCSV(file)
	var list []expectation
	for _, r := range records {
		list = append(list, expectation{r[0], r[2], r[3], strings.Fields(r[6])})
	}
	return list, err
}

// readCSV reads the records below the head of a file.
func readCSV(file string) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	return records[min(1, len(records)):], err
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
	one, named := verdict(reportedText, addresses)
	return one.Kind, named
}

func verdict(list []bounce.Recipient, addresses []string) (one bounce.Recipient, named bool) {
	for _, r := range list {
		if slices.Contains(addresses, strings.ToLower(r.Address)) {
			return r, true
		}
	}
	if len(list) == 1 {
		return list[0], false
	}
	return bounce.Recipient{}, false
}
