package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// asWritten are the provinces of 63 secretaries as an office writes them, by
// cluster; behind each the slug that it is.
const asWritten = `
CỤM I - TÂY BẮC
Lai Châu=lai-chau; Tỉnh Điện Biên=dien-bien; SƠN LA=son-la; Hoà Bình=hoa-binh; Lào Kai=lao-cai; Yên Bái=yen-bai; Phú Thọ=phu-tho; Hà Giang=ha-giang; Tuyên Quang=tuyen-quang
CỤM II - ĐÔNG BẮC
Cao Bằng=cao-bang; Bắc Cạn=bac-kan; Thái Nguyên=thai-nguyen; Lạng Sơn=lang-son; Vùng mỏ=; Bắc Giang=bac-giang; Vĩnh Phúc=vinh-phuc; tỉnh Bắc Ninh=bac-ninh
CỤM III - ĐỒNG BẰNG SÔNG HỒNG
TP. Hà Nội=ha-noi; Hải Dương=hai-duong; TP Hải Phòng=hai-phong; Hưng Yên=hung-yen; Thái Bình=thai-binh; Hà Nam=ha-nam; Nam Định=nam-dinh; Ninh Bình=ninh-binh
CỤM IV - BẮC TRUNG BỘ
Thanh Hoá=thanh-hoa; Nghệ An=nghe-an; Hà Tĩnh=ha-tinh; Quảng Bình=quang-binh; Quảng Trị=quang-tri; Thừa Thiên Huế=hue
CỤM V - NAM TRUNG BỘ
TP.Đà Nẵng=da-nang; Quảng Nam=quang-nam; Quảng Ngãi=quang-ngai; Bình Định=binh-dinh; Phú Yên=phu-yen; Khánh Hoà=khanh-hoa; Ninh Thuận=ninh-thuan; Bình Thuận=binh-thuan
CỤM VI - TÂY NGUYÊN
Kontum=kon-tum; Gia-lai=gia-lai; Đăk Lăk=dak-lak; Đắc Nông=dak-nong; Lâm Đồng=lam-dong
CỤM VII - ĐÔNG NAM BỘ
Bình Phước=binh-phuoc; Tây Ninh=tay-ninh; Bình Dương=binh-duong; Đồng Nai=dong-nai; Bà Rịa-Vũng Tàu=ba-ria-vung-tau; TP.HCM=ho-chi-minh
CỤM VIII - TÂY NAM BỘ
Long An=long-an; Tiền Giang=tien-giang; Bến Tre=ben-tre; Trà Vinh=tra-vinh; Vĩnh Long=vinh-long; Đồng Tháp=dong-thap; An Giang=an-giang; Kiên Giang=kien-giang; Tp Cần Thơ=can-tho; Hậu Giang=hau-giang; Sóc Trăng=soc-trang; Bạc Liêu=bac-lieu; Cà Mau=ca-mau
`

// officeSheet writes the workbook and gives the place of each address.
func officeSheet(t *testing.T, file string) map[string]string {
	t.Helper()
	const s = "Thư ký 63 tỉnh"
	x := excelize.NewFile()
	defer x.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(x.SetSheetName("Sheet1", s))
	row := 0
	write := func(cells ...any) {
		t.Helper()
		row++
		must(x.SetSheetRow(s, fmt.Sprintf("A%d", row), &cells))
	}
	merge := func(from, to string) { t.Helper(); must(x.MergeCell(s, from, to)) }
	write("HỘI KHUYẾN HỌC VIỆT NAM")
	merge("A1", "C1")
	write("DANH SÁCH THƯ KÝ HỘI KHUYẾN HỌC CÁC TỈNH, THÀNH PHỐ")
	merge("A2", "I2")
	write("(Cập nhật đến tháng 11 năm 2026)")
	row++
	write("STT", "Họ và tên", "Ngày sinh", "Đơn vị công tác", "", "Liên hệ", "", "Nhãn", "Ghi chú")
	write("", "", "", "Tỉnh/TP", "Cấp", "Điện thoại", "Email", "", "")
	for _, m := range [][2]string{{"A5", "A6"}, {"B5", "B6"}, {"C5", "C6"}, {"D5", "E5"}, {"F5", "G5"}, {"H5", "H6"}, {"I5", "I6"}} {
		merge(m[0], m[1])
	}
	write("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)")
	places, number := map[string]string{}, 0
	for line := range strings.Lines(strings.TrimSpace(asWritten)) {
		if strings.HasPrefix(line, "CỤM") {
			write(strings.TrimSpace(line))
			merge(fmt.Sprintf("A%d", row), fmt.Sprintf("I%d", row))
			continue
		}
		for one := range strings.SplitSeq(strings.TrimSpace(line), "; ") {
			number++
			name, slug, _ := strings.Cut(one, "=")
			address := fmt.Sprintf("thuky%02d@khuyenhoc.example.org", number)
			places[address] = slug
			born := time.Date(1950+number%30, 5, 19, 0, 0, 0, 0, time.UTC)
			write(number, fmt.Sprintf("  Nguyễn  Thị Thư Ký %d ", number), born, strings.ReplaceAll(name, "à", "a\u0300")+" ", "Tỉnh", 912345000+number, " "+strings.ToUpper(address[:1])+address[1:]+"\u00a0", 2026, "")
		}
	}
	row++
	write("", "", "", "", "", "", "Hà Nội, ngày 20 tháng 11 năm 2026")
	write("", "NGƯỜI LẬP BIỂU", "", "", "", "", "TM. BAN THƯỜNG VỤ")
	must(x.SaveAs(file))
	return places
}

// The office imports the sheet it already has: titles and merged cells, headings
// in two rows, a row for each cluster, provinces as people spell them, signatures
// below. It tries, imports, sees who will get what, and takes it back.
func TestOfficeSheet(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bulletins/phu-tho.md": phuTho, "bantin.yaml": strings.Replace(daemonYAML, `"0 7 * * MON"}`,
		`"0 7 * * MON"}, {id: cac-tinh, title: Bản tin các tỉnh, schedule: "0 7 * * TUE", audience: {levels: [province], clusters: [tay-bac]}}`, 1)})
	places := officeSheet(t, f.path("thu-ky.xlsx"))
	d := f.start() // all beside a daemon

	dry := f.bantin("contacts", "import", "thu-ky.xlsx", "--dry-run")
	for _, want := range []string{"73 dòng: 63 thêm, 0 đổi, 0 giữ nguyên, 10 không nhận\n", "Bản tin tổng hợp hang-tuan: 63 người", "Bản tin tổng hợp cac-tinh: 10 người"} {
		if !strings.Contains(dry.out, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, dry.out)
		}
	}
	for _, want := range []string{`trang tính "Thư ký 63 tỉnh"`, `dòng 8, "CỤM I - TÂY BẮC": thiếu địa chỉ`, `dòng 81, Email "TM. BAN THƯỜNG VỤ": không phải địa chỉ thư điện tử`,
		`dòng 12, chú ý: Tỉnh/TP: Hòa Bình nay thuộc Phú Thọ`, `dòng 23, chú ý: Tỉnh/TP: không biết nơi "Vùng mỏ", tạm để trống`} {
		if !strings.Contains(dry.err, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, dry.err)
		}
	}
	if out := f.ok("contacts", "export", "--json"); out != "" {
		t.Fatalf("the dry run kept\n%s", out)
	}
	f.ok("contacts", "import", "thu-ky.xlsx")
	f.arePlaced(places)
	if out := f.ok("contacts", "show", "thuky04@khuyenhoc.example.org"); !strings.Contains(out, "nơi: Hòa Bình") || !strings.Contains(out, "nhãn: 2026") || !strings.Contains(out, "được thêm, từ tệp thu-ky.xlsx, nhập danh sách") {
		t.Errorf("a secretary:\n%s", out)
	}
	audience := f.ok("digest", "audience", "cac-tinh")
	if !strings.HasPrefix(audience, "Bản tin tổng hợp cac-tinh: 10 người sẽ nhận\n") || !strings.Contains(audience, "Thuky16@khuyenhoc.example.org\tNguyễn Thị Thư Ký 16\tVĩnh Phúc\t") {
		t.Errorf("the audience, with Vĩnh Phúc, which is Phú Thọ now:\n%s", audience)
	}
	if out := f.ok("contacts", "import", "thu-ky.xlsx", "--dry-run"); !strings.Contains(out, "73 dòng: 0 thêm, 0 đổi, 63 giữ nguyên, 10 không nhận\n") {
		t.Errorf("the same again:\n%s", out)
	}
	if out := f.ok("contacts", "undo"); !strings.Contains(out, "bỏ 63 người, trả lại 0 người như trước") {
		t.Errorf("undo says %s", out)
	}
	f.arePlaced(map[string]string{})
	f.ok("contacts", "import", "thu-ky.xlsx")
	f.arePlaced(places)
	d.stop()
}

// arePlaced checks that the contacts are these, each in their place.
func (f *folder) arePlaced(places map[string]string) {
	f.t.Helper()
	got := map[string]string{}
	for line := range strings.Lines(f.ok("contacts", "export", "--json")) {
		var c struct{ Email, Name, Place, Level string }
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			f.t.Fatal(err)
		}
		got[strings.ToLower(c.Email)] = c.Place
		if c.Level != "province" || !strings.HasPrefix(c.Name, "Nguyễn Thị Thư Ký ") {
			f.t.Errorf("%+v", c)
		}
	}
	if diff := cmp.Diff(places, got); diff != "" {
		f.t.Errorf("contacts (-want +got)\n%s", diff)
	}
}
