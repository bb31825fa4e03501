package place_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
)

func TestUnitsOfBothVintages(t *testing.T) {
	all, today := place.All(), place.Today()
	if len(all) != 63 || len(today) != 34 {
		t.Fatalf("got %d units, %d of today; want 63 and 34", len(all), len(today))
	}
	for _, u := range all {
		if (u.Successor == "") != u.Until.IsZero() {
			t.Errorf("%s: successor %q, last day %q", u.Slug, u.Successor, u.Until)
		}
		if _, gone := place.Abolished(u.Successor); gone {
			t.Errorf("%s became %s, which is abolished", u.Slug, u.Successor)
		}
		if u.Kind != place.Province && u.Kind != place.City {
			t.Errorf("%s: kind %q", u.Slug, u.Kind)
		}
	}
	names := func(us []place.Unit) (names []string) {
		for _, u := range us {
			names = append(names, u.Name)
		}
		return names
	}
	if got := names(today); got[0] != "An Giang" || !slices.Equal(got[5:12],
		[]string{"Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai", "Hà Nội"}) {
		t.Errorf("not in the order of the Vietnamese alphabet: %q", got)
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{
		"phu-tho": "phu-tho", "Phú Thọ": "phu-tho", "PHÚ THỌ": "phu-tho", "phu tho": "phu-tho",
		"Tỉnh Phú Thọ": "phu-tho", "tỉnh  Phú Thọ ": "phu-tho", "Phu Tho Province": "phu-tho",
		norm.NFD.String("Phú Thọ"): "phu-tho",
		// both spellings of the tone, both lookalikes of Đ, all dashes
		"Hòa Bình": "hoa-binh", "Hoà Bình": "hoa-binh",
		"Điện Biên": "dien-bien", "\u00d0iện Biên": "dien-bien", "điện biên": "dien-bien",
		"Bà Rịa - Vũng Tàu": "ba-ria-vung-tau", "Bà Rịa – Vũng Tàu": "ba-ria-vung-tau",
		"Bà Rịa-Vũng Tàu": "ba-ria-vung-tau", "Bà Rịa Vũng Tàu": "ba-ria-vung-tau",
		"BR-VT": "ba-ria-vung-tau", "BR – VT": "ba-ria-vung-tau",
		"TP.HCM": "ho-chi-minh", "TP. HCM": "ho-chi-minh", "Tp.HCM": "ho-chi-minh", "TPHCM": "ho-chi-minh",
		"TP. Hồ Chí Minh": "ho-chi-minh", "TP.Hồ Chí Minh": "ho-chi-minh", "Sài Gòn": "ho-chi-minh",
		"Ho Chi Minh City": "ho-chi-minh", "HCMC": "ho-chi-minh",
		"Thủ đô Hà Nội": "ha-noi", "Hanoi": "ha-noi",
		"Thừa Thiên Huế": "hue", "Thừa Thiên - Huế": "hue", "TT-Huế": "hue", "TP. Huế": "hue",
		"Đăk Lăk": "dak-lak", "Daklak": "dak-lak", "Kontum": "kon-tum",
		"Tỉnh Đồng Nai": "dong-nai", "Thành phố Đồng Nai": "dong-nai",
		// what is none
		"": "", "Tỉnh": "", "Phú Thị": "", "Paris": "", "Phú Thọ, Hà Nội": "",
	} {
		got, ok := place.Lookup(name)
		if got != want || ok != (want != "") {
			t.Errorf("Lookup(%q) = %q, %t; want %q", name, got, ok, want)
		}
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"Phú Tho": "phu-tho", "phu-tgo": "phu-tho", "Hà Giag": "ha-giang", "Tỉnh Lao Cay": "lao-cai",
		"Bà Rịa Vũng Tầu": "ba-ria-vung-tau", "Đak Lac": "dak-lak",
	} {
		if got := place.Nearest(name, 3); len(got) == 0 || len(got) > 3 || got[0] != want {
			t.Errorf("Nearest(%q) = %q; want %q first", name, got, want)
		}
	}
	if got := place.Nearest("Constantinople", 3); len(got) > 0 {
		t.Errorf("Nearest(Constantinople) = %q", got)
	}
}

func TestBecame(t *testing.T) {
	if now, ok := place.Abolished("hoa-binh"); now != "phu-tho" || !ok {
		t.Errorf("Hòa Bình became %q, %t", now, ok)
	}
	if now, ok := place.Abolished("phu-tho"); ok {
		t.Errorf("Phú Thọ became %q", now)
	}
	diff(t, place.Became("yen-bai"), []string{"yen-bai", "lao-cai"})
	diff(t, place.Became("lao-cai"), []string{"lao-cai"})
	diff(t, place.Predecessors("ho-chi-minh"), []string{"ba-ria-vung-tau", "binh-duong"})
	if got := place.Name("ba-ria-vung-tau", bantin.English); got != "Ba Ria - Vung Tau" {
		t.Errorf("English name %q", got)
	}
	if got := place.Name("dak-lak", bantin.Vietnamese); got != "Đắk Lắk" {
		t.Errorf("Vietnamese name %q", got)
	}
}

func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"":                             "",
		" ":                            "",
		"đã gấp":                       "da gap",
		"  Hội\u00a0 Khuyến\thọc\r\n ": "hoi khuyen hoc",
		"HOÀ – HÒA — hoa":              "hoa - hoa - hoa",
		"\u00d0ÀO TẠO":                 "dao tao",
		"Quyết định 387/QĐ-TTg":        "quyet dinh 387/qd-ttg",
		norm.NFD.String("Nghệ Tĩnh: ưỡn ẹo"): "nghe tinh: uon eo",
		"xin\u200bchào\ufeff\u00ad\x00":      "xinchao",
		"Ελλάδα, Кирилл, 漢字":                 "ελλαδα, кирилл, 漢字",
		"x -y":                               "x -y", "x ": "x", "œuvre ß": "œuvre ß",
	} {
		if got := place.Fold(s); got != want {
			t.Errorf("Fold(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Hội Khuyến học tỉnh Phú Thọ – cụm I")
	f.Add(norm.NFD.String("Điện Biên"))
	f.Add("\xff \u00d0")
	f.Fuzz(func(t *testing.T, s string) {
		once := place.Fold(s)
		if again := place.Fold(once); again != once {
			t.Errorf("Fold(%q) = %q, and that folds to %q", s, once, again)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	text := "Ngày 28/4/2022, tại thành phố Việt Trì, Cụm công tác khuyến học các tỉnh Tây Bắc đã họp."
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		place.Fold(text)
	}
}

func diff(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
