package document

import "bantin/place"

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
