package main

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// Every file of a folder as an office has it is a bulletin, a part of one, a problem with
// its next step, or what a program left there.
func TestEveryFileIsAccountedFor(t *testing.T) {
	t.Parallel()
	f := emptyFolder(t)
	f.write("bantin.yaml", "site: {title: Hội thử, url: \"https://bantin.example.org\", contact: vanphong@example.org}\n"+anyPort+
		"feeds: [{id: tat-ca, title: Tất cả}]\nsources: [{id: s, kind: folder, path: s, schedule: \"@hourly\"}]\n")
	const page = "<html><body><article><h1>Hà Giang khánh thành tủ sách</h1><p>Tủ sách mở cửa sáng nay.</p></article></body></html>"
	left := []string{"2016/Thumbs.db", "2016/desktop.ini", "2016/.DS_Store", "2024/~$báo cáo.docx", "2023/~WRL0001.tmp", "2019/Trang_files/a.css", "2019/Trang_files/khung.html"}
	problems := []string{"2016/anh/DSC_1.JPG", "2026/điện thoại/IMG_2.HEIC", "2018/danh sách.xlsx", "2021/tài liệu.zip", "2022/phim.mp4", "2022/Ghi chú", "2018/thư.msg",
		"2016/hỏng.docx", "2016/rỗng.txt", norm.NFD.String("2020/quét công văn.pdf"), "2020/nháp.md"}
	for _, name := range append(slices.Clone(left), problems...) {
		f.write("s/"+name, "PK")
	}
	f.write("s/2016/rỗng.txt", "")
	f.write("s/"+norm.NFD.String("2020/quét công văn.pdf"), "%PDF-1.4\n")
	f.write("s/2020/nháp.md", "---\ndraft: true\n---\n# Tin nháp\n\nChưa xong.\n")
	f.write("s/2019/Trang.html", page)
	f.write("s/"+norm.NFD.String("2024/Kế hoạch tuần.md"), "# Phú Thọ lập kế hoạch tuần\n\nKế hoạch gồm năm việc.\n")
	f.write("s/"+norm.NFD.String("2024/Kế hoạch tuần.xlsx"), "PK\x03\x04")
	f.ok("collect")

	told := map[string]bool{}
	var source struct {
		Problems []struct{ Item, What, Hint string }
	}
	if err := json.Unmarshal([]byte(f.ok("sources", "--json")), &source); err != nil {
		t.Fatal(err)
	}
	for _, p := range source.Problems {
		if told[p.Item] = true; p.What == "" || p.Hint == "" {
			t.Errorf("%s has no words or no next step", p.Item)
		}
	}
	for line := range strings.Lines(f.ok("bulletins", "list", "--json")) {
		var b struct {
			SourceID    string `json:"source_id"`
			Attachments []struct{ Title string }
		}
		if err := json.Unmarshal([]byte(line), &b); err != nil {
			t.Fatal(err)
		}
		told[b.SourceID] = true
		for _, a := range b.Attachments {
			told[filepath.Join(filepath.Dir(b.SourceID), a.Title)] = true
		}
	}
	var silent []string
	accounted := map[string]bool{}
	for name := range told {
		accounted[norm.NFC.String(name)] = true
	}
	err := filepath.WalkDir(f.path("s"), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(f.path("s"), path)
		if err == nil && !d.IsDir() && !accounted[norm.NFC.String(name)] {
			silent = append(silent, name)
		}
		return err
	})
	slices.Sort(left)
	if slices.Sort(silent); err != nil || !slices.Equal(silent, left) {
		t.Errorf("%v: nothing is said of\n%q, want of\n%q", err, silent, left)
	}
	if len(source.Problems) != len(problems) {
		t.Errorf("%d problems, want %d: %+v", len(source.Problems), len(problems), source.Problems)
	}
}
