package contact_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/contact"
)

// Names stand in two or three columns, or in two below one heading; a column of whole
// names counts more than parts beside it.
func TestNamesInParts(t *testing.T) {
	const want = "|Giàng A Sình|lai-chau|||"
	for _, list := range []string{
		"Email,Họ và tên đệm,Tên,Tỉnh\na@example.org,Giàng A,Sình,Lai Châu\n",
		"Email,Họ,Tên đệm,Tên,Tỉnh\na@example.org,Giàng,A,Sình,Lai Châu\n",
		"Email,First name,Last name,Province\na@example.org,A Sình,Giàng,Lai Châu\n",
		"Email,Họ và tên,,Tỉnh\na@example.org,Giàng A,Sình,Lai Châu\n",
		"Email,Họ tên,Tên,Tỉnh\na@example.org,Giàng A Sình,Sình,Lai Châu\n",
		"Email,Tên,Họ tên đệm,Tỉnh\na@example.org,Sình,Giàng A,Lai Châu\n",
	} {
		got := lines(t, list)
		if len(got) == 1 && strings.Contains(list, "Họ tên,Tên") {
			continue // two columns of whole names are told, below
		}
		if d := cmp.Diff([]string{"2: a@example.org" + want}, got); d != "" {
			t.Errorf("%s(-want +got)\n%s", list, d)
		}
	}
	expect(t, "Email,Họ và tên,,Tỉnh\n,Họ,Tên,\na@example.org,Giàng A,Sình,Lai Châu\n", "3: a@example.org"+want)
	expect(t, "Họ tên,Tên thường gọi,Email\nSùng Thị Dua,Dua,dua@example.org\n", "2: dua@example.org|Sùng Thị Dua||||")
	expect(t, "Họ tên,,Email\nSùng Thị Dua,Sơn La,dua@example.org\n", "2: dua@example.org|Sùng Thị Dua||||")
}

// Where no words are known, the columns are what they hold; what was taken for what is
// told, and what was seen where there are no addresses at all.
func TestHeadingsByWhatTheCellsHold(t *testing.T) {
	for list, want := range map[string]string{
		"Email cá nhân,Họ tên\na@example.org,Lan\n":                                          "2: a@example.org|Lan||||",
		"Email công vụ;Họ tên\na@example.org;Lan\n":                                          "2: a@example.org|Lan||||",
		"Liên hệ,Ai,Ở đâu\na@example.org,Lê Thị Lan,Phú Thọ\nb@example.org,Vũ Bình,Sơn La\n": "2: a@example.org|Lê Thị Lan|phu-tho|||",
		"DANH SÁCH EMAIL HỘI\nTT,Hộp,Đơn vị\n1,a@example.org,Hội Khuyến học tỉnh Phú Thọ\n":  "3: a@example.org||phu-tho|||",
		"TT\tLiên lạc\tCấp\n1\t\tXã\n2\ta@example.org\tXã\n":                                 `line 2, Liên lạc "": there is no address`,
		"a@example.org,Lê Thị Lan,Phú Thọ\nb@example.org,Vũ Bình,Sơn La\n":                   "1: a@example.org|Lê Thị Lan|phu-tho|||",
		"a@example.org\nb@example.org\n":                                                     "1: a@example.org|||||",
	} {
		if got := lines(t, list); len(got) == 0 || got[0] != want {
			t.Errorf("%q:\n%q, want %q", list, got, want)
		}
	}
	r, err := contact.NewReader(strings.NewReader("Liên hệ,Ai\na@example.org,Lê Thị Lan\n"))
	if err != nil || len(r.Notes) != 1 || r.Notes[0].EN != `the column "Liên hệ" is taken for that of the addresses` {
		t.Errorf("%v, %v", r.Notes, err)
	}
	expect(t, "Mã,Họ tên,Tỉnh\n1,Lan,Phú Thọ\n", "line 1: there is no column of addresses (email, thư điện tử, địa chỉ e-mail); the headings found are: Mã, Họ tên, Tỉnh")
}

// Cells of addresses hold names, quotes and several addresses.
func TestCellsOfAddresses(t *testing.T) {
	for cell, want := range map[string]string{
		"Mùa Thị Chừ <chu@example.org> ":        "chu@example.org|Mùa Thị Chừ",
		"\"Ly Seo Dìn\" <din@example.org>;":     "din@example.org|Ly Seo Dìn",
		"'lan@example.org'":                     "lan@example.org|",
		"“lan@example.org”":                     "lan@example.org|",
		"lan@example.org (Lan)":                 "lan@example.org|",
		"Email: lan@example.org":                "lan@example.org|",
		"<mailto:lan@example.org>":              "lan@example.org|",
		"a@example.org hoặc b@example.org":      "a@example.org| several b@example.org",
		"a@example.org/b@example.org":           "a@example.org| several b@example.org",
		"a@example.org, b@example.org; c@x.org": "a@example.org| several b@example.org, c@x.org",
		"a@example.org - A@example.org":         "a@example.org|",
		"a@@example.org; b@example.org":         "b@example.org|",
		"khong co":                              "reject not an e-mail address",
		"a@example":                             "reject the domain behind the @ is not valid",
		"lan @example.org":                      "reject there is a blank in the address",
		"lan@gmai.com":                          "lan@gmai.com| meant lan@gmail.com",
		"lan@gmail.con":                         "lan@gmail.con| meant lan@gmail.com",
		"lan@yahoo.com.vn":                      "lan@yahoo.com.vn|",
		"lan@hoikhuyenhoc.con":                  "lan@hoikhuyenhoc.con| meant lan@hoikhuyenhoc.com",
		"lan@connect.org":                       "lan@connect.org|",
		"a/b@example.org":                       "a/b@example.org|",
	} {
		list := "Email\tGhi chú\n" + cell + "\t\n"
		if strings.HasPrefix(cell, `"`) {
			list = "Email\tGhi chú\n\"" + strings.ReplaceAll(cell, `"`, `""`) + "\"\t\n"
		}
		r, err := contact.NewReader(strings.NewReader(list))
		if err != nil {
			t.Fatal(cell, err)
		}
		row, err := r.Next()
		got := row.Contact.Email + "|" + row.Contact.Name
		if bad := (*contact.RowError)(nil); errors.As(err, &bad) {
			got = "reject " + bad.Reason.EN
		}
		for _, w := range row.Warnings {
			if _, rest, ok := strings.Cut(w.EN, "is taken, "); ok {
				got += " several " + strings.TrimSuffix(rest, " not")
			}
			if _, rest, ok := strings.Cut(w.EN, "did you mean "); ok {
				meant, _, _ := strings.Cut(rest, "?")
				got += " meant " + meant
			}
			if w.Column != "Email" {
				t.Errorf("%q: a note of the column %q", cell, w.Column)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
	expect(t, "Họ tên,Email\nLan,Mai <a@example.org>\n,Mai <b@example.org>\n", "2: a@example.org|Lan||||", "3: b@example.org|Mai||||")
	expect(t, "Email,Họ tên\nMai <a@example.org>,Lan\nMai <b@example.org>,\n", "2: a@example.org|Lan||||", "3: b@example.org|Mai||||")
}

// A row that names a province heads those below, as a sum ends them; a person without
// an address is neither.
func TestGroupsOfRows(t *testing.T) {
	expect(t, "Họ tên,Email,Cấp\nI. TỈNH SƠN LA,,\nCà Văn Pâng,pang@example.org,tỉnh\nHà Giang,,xã\nII. THÀNH PHỐ HẢI PHÒNG,,\nVũ Thị Biển,bien@example.org,tỉnh\n"+
		"Hội Khuyến học tỉnh Phú Thọ,,\nLê Lan,lan@example.org,\nIII. CÁC BAN,,\nVũ Hoa,hoa@example.org,\nTổng cộng: 4 người,,\n",
		"3: pang@example.org|Cà Văn Pâng|son-la|province||",
		`line 4, Email "": there is no address`,
		"6: bien@example.org|Vũ Thị Biển|hai-phong|province||",
		"8: lan@example.org|Lê Lan|phu-tho|||",
		`line 9, Email "": there is no address`,
		"10: hoa@example.org|Vũ Hoa||||")
	expect(t, "TT,Họ tên,Tỉnh,Email\nA,Sơn La,,\n1,Lan,,lan@example.org\n2,Mai,Huế,mai@example.org\n",
		`line 2, Email "": there is no address`, "3: lan@example.org|Lan||||", "4: mai@example.org|Mai|hue|||")
	expect(t, "TT,Họ tên,Email\nA,TỈNH SƠN LA,\n1,Lan,lan@example.org\n", "3: lan@example.org|Lan|son-la|||")
}

// Places in the short ways of offices.
func TestShortNamesOfPlaces(t *testing.T) {
	for cell, want := range map[string]string{
		"T. Phú Thọ": "phu-tho", "HCM": "ho-chi-minh", "HN": "ha-noi", "T.T.Huế": "hue", "TT.Huế": "hue", "T.T. Huế": "hue", "TT Huế": "hue",
		"Tỉnh Phú Thọ (cũ: Vĩnh Phúc)": "phu-tho", "Lào Cai (Yên Bái cũ)": "lao-cai", "Yên Bái cũ": "yen-bai", "Q. Ninh": "quang-ninh", "Q.Ngãi": "quang-ngai",
		"Hội Khuyến học tỉnh Phú Thọ (mới)": "phu-tho", "TP HP": "hai-phong", "BR-VT": "ba-ria-vung-tau", "Tỉnh Sơn La": "son-la", "P. Thọ": "", "(Sơn La)": "son-la",
	} {
		r, err := contact.NewReader(strings.NewReader("Email\tTỉnh\na@example.org\t" + cell + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		row, err := r.Next()
		if err != nil || row.Contact.Place != want && !(want == "hue" && row.Contact.Place == "thua-thien-hue") {
			t.Errorf("%q: %q (%v), want %q", cell, row.Contact.Place, err, want)
		}
	}
}

// CSV in windows-1258, as Excel on a Vietnamese Windows writes it.
func TestWindows1258(t *testing.T) {
	text, err := charmap.Windows1258.NewEncoder().String(decomposedTones("Email,Họ tên,Tỉnh\nma@example.org,Phùng Thị Mẩy,Phú Thọ\ndang@example.org,Lý Đặng Hưởng,Huế\n"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, text, "2: ma@example.org|Phùng Thị Mẩy|phu-tho|||", "3: dang@example.org|Lý Đặng Hưởng|hue|||")
	r, err := contact.NewReader(strings.NewReader(text))
	if err != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0].EN, "windows-1258") {
		t.Errorf("%v, %v", r.Notes, err)
	}
}

// decomposedTones writes the tones that windows-1258 has as marks of their own apart.
func decomposedTones(text string) string {
	var b strings.Builder
	for _, r := range text {
		d := []rune(norm.NFD.String(string(r)))
		for i := len(d) - 1; i > 0; i-- {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", d[i]) {
				rest := append(append([]rune{}, d[:i]...), d[i+1:]...)
				if _, err := charmap.Windows1258.NewEncoder().String(string(r)); err != nil {
					b.WriteString(norm.NFC.String(string(rest)) + string(d[i]))
					goto next
				}
			}
		}
		b.WriteRune(r)
	next:
	}
	return b.String()
}

// Rejected rows that are rejected again do not grow, and keep the group that they are of.
func TestRejectsDoNotGrow(t *testing.T) {
	list := "Họ tên,Email\nTỈNH SƠN LA,\nLan,lan\nMai,mai@example.org\nHoa,hoa\n"
	want := "\ufeffHọ tên,Email,line,reason\nTỈNH SƠN LA,\nLan,lan,3,not an e-mail address\nHoa,hoa,5,not an e-mail address\n"
	for turn := range 3 {
		file := filepath.Join(t.TempDir(), "ds.csv")
		if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := contact.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		rejects, err := contact.NewRejects(&out, r, bantin.English)
		if err != nil {
			t.Fatal(err)
		}
		for {
			_, err := r.Next()
			var bad *contact.RowError
			if errors.Is(err, io.EOF) {
				break
			}
			if errors.As(err, &bad) {
				err = rejects.Add(bad)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		list = out.String()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if turn > 0 {
			want = strings.NewReplacer(",5,", ",4,").Replace(want)
		}
		if d := cmp.Diff(want, list); d != "" {
			t.Fatalf("turn %d (-want +got)\n%s", turn, d)
		}
	}
}
