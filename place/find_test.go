package place_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"bantin/internal/cost"
	"bantin/internal/testneed"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
)

var (
	before = bantin.Day{Year: 2022, Month: time.April, Day: 29}
	after  = bantin.Day{Year: 2025, Month: time.July, Day: 1}
)

func TestFind(t *testing.T) {
	atlas := place.NewAtlas(nil)
	for _, c := range []struct{ text, places, clusters string }{
		// names, full names, aliases, spellings
		{"Hội Khuyến học tỉnh Phú Thọ và Hội Khuyến học Hà Nội.", "phu-tho ha-noi", ""},
		{"HỘI KHUYẾN HỌC TỈNH HÒA BÌNH", "hoa-binh", ""},
		{"Tỉnh Hoà Bình và tỉnh Hòa Bình", "hoa-binh", ""},
		{norm.NFD.String("các tỉnh Điện Biên, Lai Châu"), "dien-bien lai-chau", ""},
		{"tỉnh \u00d0iện Biên", "dien-bien", ""},
		{"Đại biểu TP.HCM, TP. HCM, Tp.HCM và TPHCM", "ho-chi-minh", ""},
		{"Đại học Quốc gia TP. Hồ Chí Minh", "ho-chi-minh", ""},
		{"tỉnh Bà Rịa – Vũng Tàu", "ba-ria-vung-tau", ""},
		{"Bà Rịa-Vũng Tàu; BR-VT", "ba-ria-vung-tau", ""},
		{"Thừa Thiên-Huế, nay là thành phố Huế", "hue", ""},
		{"từ Gia-lai đến Đăk Lăk", "gia-lai dak-lak", ""},
		{"Delegates came from Phu Tho and Hanoi.", "phu-tho ha-noi", ""},
		{"Hải Phòng\nvà Quảng\nNinh", "hai-phong quang-ninh", ""},
		{"Lào Cai - Yên Bái – Sơn La", "lao-cai yen-bai son-la", ""},
		{"Hà Nam - Ninh Bình", "ha-nam ninh-binh", ""},
		{"T.P Hồ Chí Minh, T.P. HCM; Đak Nông, Đaklak", "ho-chi-minh dak-nong dak-lak", ""},
		{"Hội Khuyến học Hà nội, Đà nẵng và Sài gòn", "ha-noi da-nang ho-chi-minh", ""},
		{"đội Hà Tĩnh thắng đội Phú Thọ, đội tuyển Nam Định về ba", "ha-tinh phu-tho nam-dinh", ""},
		// what is no unit
		{"Ông Thái nguyên là Chủ tịch, Nam định đi, Thanh hóa ra về, Lâm đồng ý; Ha noi", "", ""},
		{"Ủy ban Hòa Bình Việt Nam, Quỹ Hòa Bình và Phát triển, Trường Đại học Hòa Bình", "", ""},
		{"Mong muốn hòa bình, ngành hải dương học, bình định vùng đất", "", ""},
		{"bên bờ Thái Bình Dương, trên đường Điện Biên Phủ", "", ""},
		{"cao tốc Hà Nội – Hải Phòng, tuyến đường Hà Nội - Lào Cai", "", ""},
		{"trên phố Huế, Hà Nội và Hải Phòng; đường Điện Biên Phủ, Nam Định", "ha-noi hai-phong nam-dinh", ""},
		{"Câu lạc bộ Hoàng Anh Gia Lai; vùng Đồng Tháp Mười", "", ""},
		{"Chủ tịch Hồ Chí Minh; Đoàn TNCS Hồ Chí Minh; tư tưởng Hồ Chí Minh", "", ""},
		{"tỉnh Hà Nam (Trung Quốc)", "", ""},
		{"ông Trương Hòa Bình, bà Hoàng Thị Huế, bác sĩ Đỗ Hà Nam, chị Nguyễn Huệ", "", ""},
		{"Cô giáo Huế, thầy giáo Hà Nam và cô giáo Hòa Bình đạt giải", "", ""},
		{"Các cô giáo Huế, nhiều thầy giáo Hà Nam, đội ngũ nhà giáo Phú Thọ", "hue ha-nam phu-tho", ""},
		{"tỉnh bạn Trà Vinh; Hội bạn Bến Tre, đơn vị bạn Cà Mau; bạn Trà Vinh, bạn Nguyễn Huế", "tra-vinh ben-tre ca-mau", ""},
		{"Đoàn tỉnh Hà Nam, Trung Quốc đến thăm. Tỉnh Hà Nam có 98 triệu dân. Đoàn Hà Nam cảm ơn.", "", ""},
		{"Đoàn tỉnh Hà Nam đến thăm. Hà Nam (Trung Quốc) là tỉnh lớn.", "", ""},
		{"Đoàn tỉnh Hà Nam (Trung Quốc) thăm Hội Khuyến học tỉnh Hà Nam.", "ha-nam", ""},
		{"Đoàn tỉnh Hà Nam (Trung Quốc) thăm các tỉnh Nam Định, Hà Nam.", "nam-dinh ha-nam", ""},
		{"Tỉnh Hà Nam tiếp khách quốc tế, trong đó có đoàn Trung Quốc của tỉnh Vân Nam.", "ha-nam", ""},
		{"huyện Phù Yên, xã Hải Đường", "", ""},
		{"Ở Thái. Nguyên nhân khác. Bắc\n\nNinh", "", ""},
		{"Hải Dương Quảng Ninh", "hai-duong quang-ninh", ""},
		{"phutho.gov.vn, PhúThọ", "", ""},
		// clusters
		{"Cụm I họp; cụm số 1; cụm Tây Bắc; Cụm công tác khuyến học các tỉnh vùng Tây – Bắc", "", "tay-bac"},
		{"Hội Khuyến học 9 tỉnh vùng Tây - Bắc; các tỉnh Đông Bắc", "", ""},
		{"Cụm thi đua khuyến học số 4 và cụm thi đua các tỉnh, thành phố khu vực Đông Bắc", "", "cum-4 dong-bac"},
		{"cụm 8 - đồng bằng sông Cửu Long", "", "cum-8"},
		{"Các Cụm I, IV và VIII ký giao ước", "", "tay-bac cum-4 cum-8"},
		{"cụm 8 tỉnh; cụm i; trong cụm. Tây Bắc là vùng núi", "", ""},
		{"Cụm Tây Bắc họp tại Sơn La", "son-la", "tay-bac"},
	} {
		found := atlas.Find(c.text, before)
		if got := strings.Join(found.Places, " "); got != c.places {
			t.Errorf("%q\n\tplaces %q, want %q", c.text, got, c.places)
		}
		if got := strings.Join(found.Clusters, " "); got != c.clusters {
			t.Errorf("%q\n\tclusters %q, want %q", c.text, got, c.clusters)
		}
	}
}

// Every name and alias of every unit is found in a text as it stands.
func TestFindEveryName(t *testing.T) {
	atlas := place.NewAtlas(nil)
	for _, u := range place.All() {
		for _, name := range append([]string{u.Name, u.FullName}, u.Aliases...) {
			got := atlas.Find("Hội nghị tại "+name+", sáng nay.", before)
			if len(got.Places) != 1 || got.Places[0] != u.Slug {
				t.Errorf("%q: found %q, want %q", name, got.Places, u.Slug)
			}
		}
	}
}

func TestFindUnitsOfTheDay(t *testing.T) {
	atlas := place.NewAtlas(nil)
	const text = "Yên Bái cũ, Lào Cai và Hòa Bình"
	diff(t, atlas.Find(text, before).Places, []string{"yen-bai", "lao-cai", "hoa-binh"})
	diff(t, atlas.Find(text, after).Places, []string{"lao-cai", "phu-tho"})
	diff(t, atlas.Find(text, bantin.Day{}).Places, []string{"yen-bai", "lao-cai", "hoa-binh"})
}

func TestFindConfiguredClusters(t *testing.T) {
	atlas := place.NewAtlas([]bantin.Cluster{
		{ID: "tay-bac", Title: "Khối thi đua số 1", Names: []string{"Khối thi đua số 1"}, Places: []string{"son-la"}},
		{ID: "ven-bien", Title: "Cụm ven biển", Names: []string{"cụm các tỉnh ven biển", "Duyên hải", "Liên cụm biển xanh"}},
	})
	for text, want := range map[string]string{
		"khối thi đua số 1":       "tay-bac",
		"Cụm ven biển":            "ven-bien",
		"cụm các tỉnh duyên hải":  "ven-bien",
		"liên cụm biển xanh":      "ven-bien",
		"các tỉnh duyên hải":      "",
		"cụm các tỉnh vùng cao":   "",
		"cụm thi đua số 5, cụm 4": "cum-4",
	} {
		if got := strings.Join(atlas.Find(text, before).Clusters, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if c, ok := atlas.Cluster("tay-bac"); !ok || c.Title != "Khối thi đua số 1" {
		t.Errorf("the built-in cluster was not replaced: %v", c)
	}
}

func TestFindInRealBulletin(t *testing.T) {
	text := realBulletin(t)
	got := place.NewAtlas(nil).Find(text, before)
	for _, e := range got.Evidence {
		if !strings.HasPrefix(text[e.Offset:], e.Text) || e.Rule == "" {
			t.Errorf("evidence %+v", e)
		}
	}
	got.Evidence = nil
	diff(t, got, place.Matches{
		Places: []string{"lai-chau", "dien-bien", "son-la", "hoa-binh", "lao-cai", "yen-bai",
			"phu-tho", "ha-giang", "tuyen-quang"},
		Clusters: []string{"tay-bac"},
	})
}

func FuzzFind(f *testing.F) {
	f.Add("Cụm I, II và IV họp tại TP. HCM")
	f.Add("tỉnh Bà Rịa – Vũng Tàu, Trương Hòa Bình")
	f.Add("cụm \xff và")
	atlas := place.NewAtlas(nil)
	f.Fuzz(func(t *testing.T, text string) {
		var found place.Matches
		cost.Within(t, len(text), func() { found = atlas.Find(text, after) })
		for _, slug := range found.Places {
			if _, gone := place.Abolished(slug); gone {
				t.Errorf("%q: %s was abolished before that day", text, slug)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	atlas, text := place.NewAtlas(nil), realBulletin(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		atlas.Find(text, before)
	}
}

// realBulletin is the one beside the project. It is not ours to copy.
func realBulletin(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(testneed.Shared(t, "bulletins/4929.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A text of twice the length costs at most about twice as much, whatever is in it.
func TestFindIsLinear(t *testing.T) {
	atlas := place.NewAtlas(nil)
	for _, piece := range []string{"tỉnh Phú Thọ, ", "cụm công tác các tỉnh cụm Hồ Chí ", "Hà Nam ", "cụm I, ", "ông Nguyễn Văn Huế ", "đường ", "(cũ: ", "A", ", và "} {
		cost.Linear(t, "Hội Khuyến học tỉnh ", piece, ".", 100_000, func(text string) { atlas.Find(text, after) })
	}
}
