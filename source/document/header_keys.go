package document

import (
	"slices"

	"bantin/place"
)

// headerKeys are the keys of front matter by their folded names: capitals, accents and
// the way they are encoded make no difference.
var headerKeys = map[string]string{
	"title": "title", "tieu de": "title", "tua de": "title",
	"date": "date", "ngay": "date", "ngay dang": "date",
	"updated": "updated", "cap nhat": "updated", "ngay cap nhat": "updated", "ngay sua": "updated",
	"url": "url", "dia chi": "url", "dia chi goc": "url", "duong dan": "url", "lien ket": "url",
	"author": "author", "tac gia": "author", "nguoi viet": "author",
	"language": "language", "ngon ngu": "language",
	"places": "places", "place": "places", "noi": "places", "tinh": "places", "tinh/thanh pho": "places", "tinh thanh": "places", "dia phuong": "places",
	"clusters": "clusters", "cluster": "clusters", "cum": "clusters",
	"topics": "topics", "topic": "topics", "chu de": "topics", "chuyen muc": "topics",
	"urgent": "urgent", "khan": "urgent", "tin khan": "urgent", "khan cap": "urgent",
	"event": "event", "su kien": "event",
	"draft": "draft", "nhap": "draft", "ban nhap": "draft",
	"published": "published", "cong bo": "published", "dang": "published", "xuat ban": "published",
	"withdrawn": "withdrawn", "rut": "withdrawn", "da rut": "withdrawn", "thu hoi": "withdrawn",
}

// eventKeys are the keys of an event, in the same way.
var eventKeys = map[string]string{
	"date": "date", "ngay": "date",
	"place": "place", "noi": "place", "dia diem": "place",
	"host": "host", "dang cai": "host", "noi dang cai": "host", "don vi dang cai": "host",
}

// yesNo reads a value that is true or false.
func yesNo(value string) (yes, ok bool) {
	switch place.Fold(value) {
	case "true", "yes", "on", "1", "co", "dung":
		return true, true
	case "false", "no", "off", "0", "khong", "sai":
		return false, true
	}
	return false, false
}

// closest gives the choice that word resembles most, or "" where half of it would
// have to change for any.
func closest(word string, choices []string) string {
	word = word[:min(len(word), 40)]
	near := slices.MinFunc(choices, func(a, b string) int { return editDistance(word, a) - editDistance(word, b) })
	if 2*editDistance(word, near) >= len(word) {
		return ""
	}
	return near
}

// editDistance is the Levenshtein distance.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
