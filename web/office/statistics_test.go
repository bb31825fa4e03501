//go:build unix

package office

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// fillStatistics counts what there is, and adds what two years before it would have left:
// a digest a week to all provinces.
func (o *testOffice) fillStatistics() {
	t := o.T
	t.Helper()
	now := o.Now().In(o.Site.Location)
	if _, err := o.DB.Statistics().Tally(t.Context(), o.Site.Location); err != nil {
		t.Fatal(err)
	}
	if err := o.DB.Statistics().CountContacts(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	err := o.DB.Statistics().AddReaders(t.Context(), now, []store.FeedReaders{
		{Feed: "tat-ca", Program: "Feedly", N: 216}, {Feed: "tat-ca", Program: "Inoreader", N: 58}, {Feed: "tat-ca", Seen: []byte{255, 7}},
		{Feed: "tinh/phu-tho", Program: "Feedly", N: 12}, {Feed: "digest:hang-tuan", Program: "NewsBlur", N: 9},
	}, feed.EstimateReaders)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	put := func(figure, part, name, digest, span string, n int) {
		unit := map[int]string{7: "month", 10: "day"}[len(span)]
		rows = append(rows, fmt.Sprintf("('%s', '%s', '%s', '%s', '%s', '%s', %d)", figure, part, unit, span, name, digest, n))
	}
	both := func(figure, part, name, digest string, n int) {
		for i := 1; i < 24; i++ {
			grown := int(float64(n) * (0.6 + 0.4*math.Sin(float64(24-i)/16)))
			put(figure, part, name, digest, now.AddDate(0, 0, 15-now.Day()).AddDate(0, -i, 0).Format("2006-01"), grown*(3+i%3))
			put(figure, part, name, digest, now.AddDate(0, 0, -i).Format(time.DateOnly), grown*(i%7/6))
		}
	}
	both("editions", "", "", "hang-tuan", 1)
	for figure, n := range map[string]int{"sent": 2900, "refused": 12, "skipped": 40, "hard": 21, "soft": 33} {
		both(figure, "", "", "hang-tuan", n)
	}
	for i, unit := range place.Today() {
		for figure, n := range map[string]int{"sent": 90, "hard": 1, "soft": 2} {
			both(figure, "place", unit.Slug, "hang-tuan", n+i%9)
		}
		if unit.Slug != "lai-chau" { // too few people
			put("contacts", "place", unit.Slug, "", now.Format("2006-01"), 40+7*(i%50))
		}
	}
	for figure, n := range map[string]int{"joined": 31, "left": 11} {
		both(figure, "", "", "", n)
		both(figure, "", "", "hang-tuan", n/2)
	}
	for i := 1; i < 24; i++ {
		for figure, n := range map[string]int{"contacts": 2900 - 70*i, "readers": 300 - 9*i} {
			put(figure, "", "", "", now.AddDate(0, 0, 15-now.Day()).AddDate(0, -i, 0).Format("2006-01"), n)
			put(figure, "", "", "", now.AddDate(0, 0, -i).Format(time.DateOnly), n)
		}
		put("recipients", "", "", "hang-tuan", now.AddDate(0, 0, -i).Format(time.DateOnly), 2700-3*i)
		put("readers", "feed", "tat-ca", "", now.AddDate(0, 0, -i).Format(time.DateOnly), 270-3*i)
	}
	o.Exec(`INSERT INTO statistics (figure, part, unit, span, name, digest, n) VALUES ` + strings.Join(rows, ", ") + ` ON CONFLICT DO NOTHING`)
}

// The page says what was sent and to whom, as numbers and as pictures with names, and
// tells nobody apart.
func TestStatisticsPage(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	if page := b.wants("/office/statistics", "0 thư đã gửi", "Chưa đếm được người nhận", "Chưa biết ai đọc nguồn tin"); strings.Contains(page, `"feeds-name"`) {
		t.Error("a table of feeds without a row")
	}
	o.sentEdition()
	o.fillStatistics()
	page := b.wants("/office/statistics", "thư đã gửi trong", `aria-labelledby="sent-name sent-desc"`, `<title id="sent-name">Thư đã gửi</title>`, "<summary>Số liệu</summary>",
		`href="/office/statistics/sent.csv?period=year"`, "Khoảng 314 người đọc nguồn tin", `"feeds-name"`, "nơi có dưới 5 người, gộp lại", "Feedly", "không có ảnh dò")
	if strings.Contains(page, "<script") || strings.Contains(page, "example.org</t") {
		t.Error("the page has a script, or an address")
	}
	for query, chosen := range map[string]string{"": `value="" selected>mọi nơi`, "&place=son-la": `value="son-la" selected>Sơn La`} {
		page := b.wants("/office/statistics?lang=vi"+query, chosen)
		if selects, selected := strings.Count(page, "<select"), strings.Count(page, " selected>"); selects != selected {
			t.Errorf("%q: %d of %d selects have a choice", query, selected, selects)
		}
	}
	b.wants("/office/statistics?lang=en", "messages sent in", "<summary>Figures</summary>", "joined", "Download this table")
	b.get("/office/statistics?period=day", http.StatusNotFound)
	b.get("/office/statistics?digest=khong-co", http.StatusNotFound)
	b.get("/office/statistics?place=atlantis", http.StatusNotFound)
	b.get("/office/statistics?place=phu-tho&level=province", http.StatusUnprocessableEntity)
	b.wants("/office/statistics?place=lai-chau&lang=vi", "dưới 5 người nhận")
	b.get("/office/statistics/places.csv?place=phu-tho", http.StatusNotFound)
	b.get("/office/statistics/places.csv?place=lai-chau", http.StatusUnprocessableEntity)
	b.get("/office/statistics/sent.txt", http.StatusNotFound)
}

// A plot's file opens in Excel: a byte order mark, headings in the language, whole numbers,
// and no name that would be a formula.
func TestStatisticsCSV(t *testing.T) {
	o := newTestOffice(t)
	o.sentEdition()
	o.fillStatistics()
	b := o.signedIn(lan)
	read := func(path string) [][]string {
		t.Helper()
		res, body := b.ask(http.MethodGet, path, nil)
		rest, marked := bytes.CutPrefix([]byte(body), []byte("\ufeff"))
		if res.StatusCode != http.StatusOK || !marked || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(res.Header.Get("Content-Disposition"), ".csv") {
			t.Fatalf("%s: %d, %v\n%s", path, res.StatusCode, res.Header, body)
		}
		rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read("/office/statistics/sent.csv?period=year")
	if got := rows[0]; !slices.Equal(got, []string{"từ ngày", "đến ngày", "số kỳ", "đã gửi", "bị từ chối", "bỏ qua"}) || len(rows) != 13 || rows[12][2] != "1" || rows[12][3] != "29" || rows[12][4] != "1" {
		t.Errorf("sent: %v … %v", got, rows[len(rows)-1])
	}
	if rows := read("/office/statistics/feeds.csv?lang=en"); rows[0][0] != "feed" || rows[1][0] != "tat-ca" || rows[1][1] != "293" {
		t.Errorf("feeds: %v", rows)
	}
	if rows := read("/office/statistics/places.csv?lang=vi"); rows[0][0] != "nơi" || len(rows) < 30 {
		t.Errorf("places: %v", rows)
	}
	err := o.DB.Statistics().AddReaders(t.Context(), o.Now().In(o.Site.Location), []store.FeedReaders{{Feed: "=HYPERLINK(1)", Program: "Feedly", N: 900}}, feed.EstimateReaders)
	if err != nil {
		t.Fatal(err)
	}
	if rows := read("/office/statistics/feeds.csv"); rows[1][0] != "'=HYPERLINK(1)" {
		t.Errorf("a formula: %v", rows[1])
	}
}
