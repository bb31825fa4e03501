package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"bantin"
)

// unsorted are rows in no order, some addresses twice and in another case.
func unsorted(n int) []SortedContact {
	rng := rand.New(rand.NewPCG(1, 2))
	var rows []SortedContact
	for i := range n {
		row := SortedContact{Line: i + 2, Contact: bantin.Contact{Email: fmt.Sprintf("nguoi%d@example.org", rng.IntN(n)), Name: fmt.Sprintf("Đỗ Thị Ánh %d", i)}}
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

// However many there are, rows come back whole, by their addresses in whatever case,
// and by their lines.
func TestContactSorter(t *testing.T) {
	const threeRuns = 150_000
	for _, n := range []int{0, 1, 5000, threeRuns} {
		rows := unsorted(n)
		want := slices.Clone(rows)
		slices.SortFunc(want, func(a, b SortedContact) int {
			return cmp.Or(cmp.Compare(bantin.AddressKey(a.Contact.Email), bantin.AddressKey(b.Contact.Email)), a.Line-b.Line)
		})
		s, err := NewContactSorter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := s.Add(t.Context(), rows[i].Line, &rows[i].Contact); err != nil {
				t.Fatal(err)
			}
		}
		at := 0
		for row, err := range s.Rows(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if at == n || !reflect.DeepEqual(row, want[at]) { // a diff of all rows takes seconds
				t.Fatalf("row %d of %d (-want +got)\n%s", at, n, gocmp.Diff(append(want, SortedContact{})[at], row))
			}
			at++
		}
		if at != n {
			t.Errorf("%d rows of %d", at, n)
		}
		if n == threeRuns && len(s.runs) != 3 {
			t.Errorf("%d runs: want 3, so that several are merged", len(s.runs))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
