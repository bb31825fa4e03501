package contact_test

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/contact"
	"bantin/internal/cost"
)

// lines reads a list and says in a line what became of each row.
func lines(t *testing.T, list string) []string {
	t.Helper()
	r, err := contact.NewReader(strings.NewReader(list))
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	for {
		row, err := r.Next()
		var rejected *contact.RowError
		switch {
		case errors.Is(err, io.EOF):
			return all
		case errors.As(err, &rejected):
			all = append(all, rejected.Error())
			if rejected.Reason.VI == "" || rejected.Fields == nil {
				t.Errorf("incomplete: %#v", rejected)
			}
			continue
		case err != nil:
			t.Fatal(err)
		}
		c := row.Contact
		text := fmt.Sprintf("%d: %s|%s|%s|%s|%s|%s", row.Line, c.Email, c.Name, c.Place, c.Level, c.Language, strings.Join(c.Tags, "+"))
		for _, w := range row.Warnings {
			text += " (" + w.EN + ")"
		}
		all = append(all, text)
	}
}

func expect(t *testing.T, list string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, lines(t, list)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestReadsWhatOfficesWrite(t *testing.T) {
	const want = "2: lan@example.org|Nguyễn Thị Lan|phu-tho|province|vi|báo cáo+ban chấp hành"
	const list = "Họ tên,Thư điện tử,Tỉnh/Thành phố,Cấp,Ngôn ngữ,Nhãn\n" +
		"Nguyễn Thị Lan,lan@example.org,Phú Thọ,Tỉnh,Tiếng Việt,báo cáo; ban chấp hành\n"
	expect(t, list, want)
	expect(t, "\ufeff"+list, want)
	expect(t, norm.NFD.String(list), want)
	expect(t, strings.ReplaceAll(list, "\n", "\r\n"), want)
	expect(t, strings.ReplaceAll(strings.ReplaceAll(list, ";", "|"), ",", ";"), want)
	expect(t, strings.ReplaceAll(list, ",", "\t"), want)
	expect(t, strings.ReplaceAll(list, "\n", "\r"), want)
	expect(t, quotedAfterBlanks(list), want)
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		utf16, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(list)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, utf16, want)
	}
	expect(t, "sep=;\nEMAIL;Name\n;;\nlan@example.org;\"Nguyễn; \"\"Lan\"\"\"\n\n", `4: lan@example.org|Nguyễn; "Lan"||||`)
	expect(t, "Địa chỉ e-mail\nlan@example.org", "2: lan@example.org|||||")
	expect(t, "\"HỘI KHUYẾN HỌC\nVIỆT NAM\";;\n\"Họ và\r\ntên\";\"Địa chỉ\nthư điện tử\";Tỉnh\n\"Lan\nAnh\";lan@example.org;Huế\n", "6: lan@example.org|Lan Anh|hue|||")
	expect(t, "email,name\nlan@example.org, \"Lan\" Anh", `2: lan@example.org|"Lan" Anh||||`)
	expect(t, "email,name,extra\nlan@example.org", "2: lan@example.org|||||")
}

// quotedAfterBlanks writes a list as people do by hand: a blank behind each
// comma, and each cell between quotes.
func quotedAfterBlanks(list string) string {
	var b strings.Builder
	for line := range strings.Lines(list) {
		b.WriteString(`"` + strings.ReplaceAll(strings.TrimSuffix(line, "\n"), ",", `" ,  "`) + "\"\n")
	}
	return b.String()
}

func TestHeadings(t *testing.T) {
	expect(t, "", "line 1: the list is empty")
	expect(t, "họ tên,tỉnh\nLan,Phú Thọ", "line 1: there is no column of addresses (email, thư điện tử, địa chỉ e-mail); the headings found are: họ tên, tỉnh")
	expect(t, "email,thư điện tử\n", `line 1, thư điện tử "thư điện tử": two columns mean the same: "email" and "thư điện tử"`)
	r, err := contact.NewReader(strings.NewReader("STT, Email ,Điện thoại\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"STT", "Email", "Điện thoại"}, r.Header()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"STT", "Điện thoại"}, r.Ignored()); d != "" {
		t.Error(d)
	}
}

// A list of units: which province each is of is in its name. A column that says
// so itself counts more.
func TestUnits(t *testing.T) {
	expect(t, "TT,Họ và tên thư ký,Đơn vị,Gmail\n"+
		"1,Lan,Hội Khuyến học tỉnh Phú Thọ,lan@example.org\n"+
		"2,Mai,Hội KH TP. Hồ Chí Minh,mai@example.org\n"+
		"3,Nga,\"HKH huyện Tam Nông, tỉnh Đồng Tháp\",nga@example.org\n"+
		"4,Hoa,HỘI KHUYẾN HỌC THÀNH PHỐ CẦN THƠ,hoa@example.org\n"+
		"5,Vân,Hà Nội,van@example.org\n"+
		"6,Yến,Trung ương Hội,yen@example.org\n",
		"2: lan@example.org|Lan|phu-tho|||", "3: mai@example.org|Mai|ho-chi-minh|||", "4: nga@example.org|Nga|dong-thap|||",
		"5: hoa@example.org|Hoa|can-tho|||", "6: van@example.org|Vân|ha-noi|||", `7: yen@example.org|Yến|||| (unknown place "Trung ương Hội", left empty)`)
	expect(t, "Đơn vị,email,Tỉnh\nHội Khuyến học tỉnh Phú Thọ,lan@example.org,Sơn La\n", "2: lan@example.org||son-la|||")
}

func TestRejectsARowAndGoesOn(t *testing.T) {
	expect(t, "email,name,place,level,language\n"+
		"a@example.org,An,Phú Thọ,province,vi\n"+
		"khong-phai-thu,Bình,,,\n"+
		"c@example.org,Chi,,giám đốc,\n"+
		"d@example.org,Dũng,,,fr\n"+
		"e@example.org,Em,Phú Thọ,xã,vi,thừa\n"+
		",Không thư,,,\n"+
		"g@example.org,\"Giang,Hà Nội,,\n"+
		"h@example.org,\"Hà\nNội\",Hà Nội,,\n"+
		"i@example.org,\"In\" x,,,\n"+
		"\xff@example.org,K,,,\n"+
		"l@example.org,L\x00\x1bm,Nghệ An,,\n"+
		"m@example.org,\"Mở,,,",
		"2: a@example.org|An|phu-tho|province|vi|",
		`line 3, email "khong-phai-thu": not an e-mail address`,
		`4: c@example.org|Chi|||| (unknown level "giám đốc", left empty; there are central, province, district, commune, member)`,
		`line 5, language "fr": unknown language; there are vi (Vietnamese), en (English)`,
		`line 6: the row has 6 fields, the headings are 5`,
		`line 7, email "": there is no address`,
		`line 8: the closing quote (") is missing, or text follows it`,
		"9: h@example.org|Hà Nội|ha-noi|||",
		`line 11: the closing quote (") is missing, or text follows it`,
		`line 12, email "\xff@example.org": not UTF-8; save the list as UTF-8`,
		"13: l@example.org|Lm|nghe-an|||",
		`line 14: the closing quote (") is missing, or text follows it`,
	)
	// One quote without its end costs one row of a long list.
	list := "email,name\nx@example.org,\"mở\n" + strings.Repeat("khác@\n", 30) + "y@example.org,Yên\n"
	got := lines(t, list)
	if len(got) != 32 || got[31] != "33: y@example.org|Yên||||" {
		t.Errorf("got %d rows, the last %q", len(got), got[len(got)-1])
	}
	got = lines(t, "email,name\nx@example.org,\""+strings.Repeat("dài ", 40_000)+"\ny@example.org,Yên\n")
	if len(got) != 2 || got[0] != "line 2: the line is longer than 64 KB" {
		t.Errorf("got %.80q", got)
	}
}

func TestPlaces(t *testing.T) {
	expect(t, "email,tỉnh\na@example.org,TP. Hồ Chí Minh\nb@example.org,Hoà Bình\nc@example.org,Phú Thoj\nd@example.org,Paris\n",
		"2: a@example.org||ho-chi-minh|||",
		"3: b@example.org||hoa-binh||| (Hoa Binh is part of Phu Tho now and is taken as that too)",
		`4: c@example.org||||| (unknown place "Phú Thoj", left empty (did you mean Phu Tho?))`,
		`5: d@example.org||||| (unknown place "Paris", left empty)`)
}

func TestCheck(t *testing.T) {
	row, rejected := contact.Check(bantin.Contact{Email: " lan@example.org", Name: "Nguyễn\nLan", Place: "Phú Thọ", Level: "tỉnh", Language: "en", Tags: []string{"a,b"}})
	want := bantin.Contact{Email: "lan@example.org", Name: "Nguyễn Lan", Place: "phu-tho", Level: bantin.LevelProvince, Language: bantin.English, Tags: []string{"a", "b"}}
	if d := cmp.Diff(want, row.Contact); rejected != nil || d != "" {
		t.Errorf("%v (-want +got)\n%s", rejected, d)
	}
	if _, rejected = contact.Check(bantin.Contact{Email: "lan@example.org", Level: "vua"}); rejected == nil || rejected.Column != "level" || rejected.Value != "vua" {
		t.Errorf("got %+v", rejected)
	}
}

func TestParseAddress(t *testing.T) {
	for raw, want := range map[string]string{
		"lan@example.org":                        "lan@example.org",
		" Lan.Nguyen+tin@Example.ORG ":           "Lan.Nguyen+tin@Example.ORG",
		"lan@khuyếnhọc.example":                  "lan@xn--khuynhc-7t4cye.example",
		"o'brien_{x}@example.org":                "o'brien_{x}@example.org",
		strings.Repeat("a", 64) + "@example.org": strings.Repeat("a", 64) + "@example.org",
		strings.Repeat("a", 65) + "@example.org": "",
		"a@" + strings.Repeat("b.", 125) + "vn":  "a@" + strings.Repeat("b.", 125) + "vn",
		"a@" + strings.Repeat("b.", 126) + "vn":  "",
		"a@" + strings.Repeat("b", 64) + ".vn":   "",
		"<lan@example.org>;":                     "lan@example.org",
		"MailTo:lan@example.org":                 "lan@example.org",
		"lan@example.org.":                       "lan@example.org",
		"lan@example.org,; ":                     "lan@example.org",
		"<lan@example.org":                       "",
		"mailto:":                                "",
		";":                                      "",
		"lan":                                    "",
		"@example.org":                           "",
		"lan@":                                   "",
		"lan@example":                            "",
		"lan@example..org":                       "",
		"lan@-example.org":                       "",
		"lan@exa_mple.org":                       "",
		"lan@192.0.2.1":                          "",
		"lan@[192.0.2.1]":                        "",
		"lan@@example.org":                       "",
		"lan @example.org":                       "",
		"lan\r\nBcc:x@example.org":               "",
		"lan\x00@example.org":                    "",
		".lan@example.org":                       "",
		"lan..x@example.org":                     "",
		`"lan"@example.org`:                      "",
		"Lan <lan@example.org>":                  "",
		"lan@example.org, an@example.org":        "",
		"lân@example.org":                        "",
		"lan@\xff.org":                           "",
		"":                                       "",
	} {
		got, err := contact.ParseAddress(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
		var bad *contact.AddressError
		if err != nil && (!errors.As(err, &bad) || bad.Words.VI == "") {
			t.Errorf("%q: %#v", raw, err)
		}
	}
	if _, err := contact.ParseAddress("lân@example.org"); !strings.Contains(err.Error(), "SMTPUTF8") {
		t.Errorf("got %v", err)
	}
}

func TestWriteCSV(t *testing.T) {
	people := []bantin.Contact{
		{Email: "lan@example.org", Name: "=HYPERLINK(\"http://x\")", Place: "phu-tho", Level: bantin.LevelProvince,
			Language: bantin.Vietnamese, Tags: []string{"-2", "ban chấp hành"}},
		{Email: "+an@example.org", Name: "Trần, \"An\""},
	}
	var list strings.Builder
	if err := contact.WriteCSV(&list, all(people, nil)); err != nil {
		t.Fatal(err)
	}
	const want = "\ufeffemail,name,place,level,language,tags\n" +
		"lan@example.org,\"'=HYPERLINK(\"\"http://x\"\")\",phu-tho,province,vi,\"'-2, ban chấp hành\"\n" +
		"'+an@example.org,\"Trần, \"\"An\"\"\",,,,\n"
	if d := cmp.Diff(want, list.String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	expect(t, list.String(),
		`2: lan@example.org|=HYPERLINK("http://x")|phu-tho|province|vi|-2+ban chấp hành`,
		`3: +an@example.org|Trần, "An"||||`)
	broken := errors.New("cơ sở dữ liệu đã đóng")
	if err := contact.WriteCSV(io.Discard, all(people, broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func all(people []bantin.Contact, end error) iter.Seq2[bantin.Contact, error] {
	return func(yield func(bantin.Contact, error) bool) {
		for _, c := range people {
			if !yield(c, nil) {
				return
			}
		}
		if end != nil {
			yield(bantin.Contact{}, end)
		}
	}
}

func TestRejects(t *testing.T) {
	r, err := contact.NewReader(strings.NewReader("-Họ tên;=Email\nLan;lan\n＝x;y;z\n"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	rejects, err := contact.NewRejects(&out, r, bantin.Vietnamese)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := r.Next()
		var rejected *contact.RowError
		if !errors.As(err, &rejected) {
			t.Fatalf("got %v", err)
		}
		if err := rejects.Add(rejected); err != nil {
			t.Fatal(err)
		}
	}
	const want = "\ufeff'-Họ tên,'=Email,dòng,lý do\n" +
		"Lan,lan,2,không phải địa chỉ thư điện tử\n" +
		"'＝x,y,z,3,\"dòng có 3 ô, hàng tiêu đề chỉ có 2\"\n"
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// A list of any length takes the same memory.
func TestMemoryIsFlat(t *testing.T) {
	const rows = 50_000
	pr, pw := io.Pipe()
	go func() {
		fmt.Fprintln(pw, "email,họ tên,tỉnh")
		for i := range rows {
			fmt.Fprintf(pw, "nguoi%d@example.org,Nguyễn Văn %d,Phú Thọ\n", i, i)
		}
		pw.Close()
	}()
	r, err := contact.NewReader(pr)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	for i := range rows {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if i == 1000 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%d rows hold %d bytes more than 1000", rows, grown)
	}
}

func FuzzReader(f *testing.F) {
	f.Add("email,name\na@example.org,\"A\nB\"\n\"b@example.org\",x\"y\n")
	f.Add("\ufeffThư điện tử;Tỉnh;Cấp\na@example.org;Phú Thọ;xã\n\";;\n")
	f.Add("\xff\xfee\x00m\x00a\x00i\x00l\x00\n\x00")
	f.Add("sep=;\nemail\tname\n\"\"\"\t\n\r\n")
	f.Fuzz(func(t *testing.T, list string) { cost.Within(t, len(list), func() { readList(t, list) }) })
}

// readList reads a list to its end.
func readList(t *testing.T, list string) {
	r, err := contact.NewReader(strings.NewReader(list))
	if err != nil {
		return
	}
	last := 0
	for range strings.Count(list, "\n") + 2 {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		line := row.Line
		var rejected *contact.RowError
		if errors.As(err, &rejected) {
			line = rejected.Line
		} else if err != nil {
			t.Fatal(err)
		} else if again, err := contact.ParseAddress(row.Contact.Email); err != nil || again != row.Contact.Email {
			t.Errorf("address %q: %q, %v", row.Contact.Email, again, err)
		}
		if line <= last {
			t.Errorf("line %d after line %d", line, last)
		}
		last = line
	}
	t.Error("more rows than lines")
}

// A list of twice the length costs at most about twice as much, whatever is in it.
func TestReaderIsLinear(t *testing.T) {
	for _, piece := range []string{"lan@example.org,Lan\n", "\"", "\"a\n", ",", "\n", "a@b.vn;", "Phú Thọ,\n", "Lan <lan@example.org>,x\n"} {
		cost.Linear(t, "email,Tỉnh\n", piece, "\n", 100_000, func(text string) { readToEnd(text) })
	}
}

func readToEnd(list string) {
	r, err := contact.NewReader(strings.NewReader(list))
	var rejected *contact.RowError
	for err == nil || errors.As(err, &rejected) && r != nil {
		_, err = r.Next()
	}
}
