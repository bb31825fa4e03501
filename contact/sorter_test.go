package contact

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"bantin"
)

// people are rows in no order, some addresses twice and in another case.
func people(n int) []Row {
	rng := rand.New(rand.NewPCG(1, 2))
	var rows []Row
	for i := range n {
		row := Row{Line: i + 2, Contact: bantin.Contact{Email: fmt.Sprintf("nguoi%d@example.org", rng.IntN(n)), Name: fmt.Sprintf("Đỗ Thị Ánh %d", i)}}
		switch i % 3 {
		case 0:
			row.Contact.Email = "N" + row.Contact.Email[1:]
			row.Contact.Tags = []string{"hội viên", "khuyến tài"}
		case 1:
			row.Contact.Place, row.Contact.Level, row.Contact.Language = "phu-tho", bantin.LevelCommune, bantin.Vietnamese
		}
		rows = append(rows, row)
	}
	return rows
}

// However little is kept in memory, rows come back whole, by their addresses in
// whatever case, and by their lines; the file they were in has no name.
func TestSorter(t *testing.T) {
	rows := people(5000)
	want := slices.Clone(rows)
	slices.SortFunc(want, func(a, b Row) int {
		return cmp.Or(cmp.Compare(bantin.AddressKey(a.Contact.Email), bantin.AddressKey(b.Contact.Email)), a.Line-b.Line)
	})
	for _, most := range []int{1, 300, 40_000, runBytes} {
		dir := t.TempDir()
		s := NewSorter(dir)
		s.most = most
		for _, row := range rows {
			if err := s.Add(row); err != nil {
				t.Fatal(err)
			}
		}
		if spilled := s.file != nil; spilled != (most < runBytes) {
			t.Errorf("%d bytes in memory: a file is used: %v", most, spilled)
		}
		var got []Row
		for row, err := range s.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%d bytes in memory (-want +got)\n%s", most, diff)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("%d bytes in memory: left behind are %v, %v", most, left, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSorterOfNothing(t *testing.T) {
	s := NewSorter(t.TempDir())
	for row, err := range s.Rows() {
		t.Error(row, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
