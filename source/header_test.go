package source_test

import (
	"strings"
	"testing"

	"bantin"
)

// What stands before the text of a file: read, or the reason why it is held, with the
// line; never published as text.
func TestHeaders(t *testing.T) {
	const body = "\nCâu lạc bộ đọc sách ở Pa Ủ họp vào tối thứ bảy.\n"
	for name, test := range map[string]struct {
		text  string
		title string
		held  string // part of the reason; "": published
	}{
		"YAML":                {"---\ntitle: Họp\n---\n" + body, "Họp", ""},
		"blanks behind":       {"\n---  \ntitle: Họp\n--- \t\n" + body, "Họp", ""},
		"Windows":             {"\ufeff---\r\ntitle: Họp\r\n---\r\n" + body, "Họp", ""},
		"long fences":         {"-----\ntitle: Họp\n-----\n" + body, "Họp", ""},
		"dashes of an editor": {"—–\ntitle: Họp\n———\n" + body, "Họp", ""},
		"capitals":            {"---\nTIÊU ĐỀ: Họp\nTác giả: Lan\n---\n" + body, "Họp", ""},
		"accents apart":       {"---\ntie\u0302u \u0111e\u0302\u0300: Họp\n---\n" + body, "Họp", ""},
		"TOML":                {"+++\ntitle = \"Họp\" # tên\ndate = 2026-11-20T08:30:00+07:00\nplaces = ['Lai Châu',\n  \"Điện Biên\"]\n[event]\nplace = \"Pa Ủ\"\n+++\n" + body, "Họp", ""},
		"JSON":                {"{\"title\": \"Họp\", \"draft\": false}\n" + body, "Họp", ""},
		"a rule":              {"---\n" + body, "Câu lạc bộ đọc sách ở Pa Ủ họp vào tối thứ bảy", ""},
		"a word and a colon":  {"Thông báo: lớp nghỉ sáng mai\n" + body, "Thông báo: lớp nghỉ sáng mai", ""},
		"a day and a colon":   {"Ngày: thứ bảy tuần này\n" + body, "Ngày: thứ bảy tuần này", ""},
		"published":           {"---\ntitle: Họp\nđăng: có\nnháp: không\n---\n" + body, "Họp", ""},

		"no end":            {"---\ntitle: Họp\ndate: 2026-11-20\n" + body, "", "dòng 1"},
		"no fences":         {"tiêu đề: Họp\nngày: 20/11/2026\n" + body, "", "dòng 1"},
		"no YAML":           {"---\ntitle: Họp\nplaces: [Lai Châu\n---\n" + body, "", "dòng 3"},
		"a key twice":       {"---\ntitle: Họp\ntitle: Họp lại\n---\n" + body, "", "dòng 3"},
		"no keys":           {"---\n- title: Họp\n---\n" + body, "", "dòng 2"},
		"TOML, many lines":  {"+++\n'title' = \"\"\"Họp \\\n  tổ\"\"\"\ndate = 2026-11-20 # hôm qua\ndraft = false\n+++\n" + body, "Họp tổ", ""},
		"TOML that is deep": {"+++\ntitle = " + strings.Repeat("[", 30_000) + "\n+++\n" + body, "", "dòng"},
		"TOML that is long": {"+++\ntitle = 'Họp'\nx = '" + strings.Repeat("dài", 30_000) + "'\n+++\n" + body, "", "quá dài"},
		"TOML, a key twice": {"+++\ntitle = 'Họp'\ntitle = 'Hội'\n+++\n" + body, "", "dòng"},
		"TOML, withdawn":    {"+++\n# của hội\ntitle = 'Họp'\nplaces = [\n  'Lai Châu']\n'withdawn' = true\n+++\n" + body, "Họp", `dòng 6: không có khóa "withdawn"`},
		"TOML, quoted":      {"+++\n\"tiêu đề\" = 'Họp'\nx = inf\n+++\n" + body, "Họp", ""},
		"TOML that is odd":  {"+++\ntitle = Họp tổ\n+++\n" + body, "", "dòng 2"},
		"TOML, no end":      {"+++\ntitle = 'Họp'\n" + body, "", "dòng 1"},
		"nested":            {"---\ntitle: " + strings.Repeat("[", 500) + "\n---\n" + body, "", "lồng nhau"},
		"many dashes":       {"---\nnơi:\n" + strings.Repeat("- ", 500) + "Lai Châu\n---\n" + body, "", "lồng nhau"},
		"a draft":           {"---\ntitle: Họp\ndraft: true\n---\n" + body, "Họp", "bản nháp"},
		"nháp":              {"---\ntitle: Họp\nBản nháp: đúng\n---\n" + body, "Họp", "bản nháp"},
		"not published":     {"---\ntitle: Họp\npublished: false\n---\n" + body, "Họp", "bản nháp"},
		"withdrawn?":        {"---\ntitle: Họp\nwithdrawn: rồi\n---\n" + body, "Họp", "dòng 3: withdrawn phải là true hoặc false"},
		"withdawn":          {"---\ntitle: Họp\nwithdawn: true\n---\n" + body, "Họp", `dòng 3: không có khóa "withdawn"`},
	} {
		for _, ext := range []string{".md", ".txt"} {
			dir := t.TempDir()
			write(t, dir+"/tin"+ext, test.text)
			b := read(t, dir, nil)[0].Bulletin
			if b == nil {
				t.Errorf("%s%s: no bulletin", name, ext)
				continue
			}
			reason := b.Held.In(bantin.Vietnamese)
			if (reason == "") != (test.held == "") || !strings.Contains(reason, test.held) {
				t.Errorf("%s%s: held %q, want %q", name, ext, reason, test.held)
			}
			if test.title != "" && b.Title != test.title && ext == ".md" {
				t.Errorf("%s%s: title %q, want %q", name, ext, b.Title, test.title)
			}
			if all := b.Title + b.Lead + b.Text; strings.Contains(all, "title") || strings.Contains(all, "tiêu đề") || !strings.Contains(all, "Pa Ủ") {
				t.Errorf("%s%s: %q", name, ext, all)
			}
		}
	}
}

// What a person must see first.
func TestHeldForWords(t *testing.T) {
	mail := func(subject, kind, body string) string {
		return "From: vanphong@example.org\nTo: tin@example.org\nSubject: " + subject + "\nMIME-Version: 1.0\nContent-Type: " + kind + "; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body
	}
	for name, test := range map[string]struct {
		file, text string
		held       bool
	}{
		"an empty page":          {"tin.html", "<title>Bản tin tháng ba</title><body><div><br></div>&nbsp;</body>", true},
		"a page of pictures":     {"tin.html", `<title>Họp tháng ba</title><body><img src="a.png"></body>`, true},
		"a mail without text":    {"tin.eml", mail("Ban tin thang ba", "text/html", "<html><body><div><br></div>&nbsp;</body></html>"), true},
		"a mail of blanks":       {"tin.eml", mail("Ban tin thang ba", "text/plain", " \n\u00a0\n"), true},
		"a mail of its kind":     {"tin.eml", mail("THONG BAO", "text/plain", "Văn phòng nghỉ lễ từ thứ năm."), true},
		"a text of its kind":     {"tin.txt", "THÔNG BÁO\n\nVăn phòng nghỉ lễ từ thứ năm đến hết chủ nhật.\n", true},
		"a page of its kind":     {"tin.html", "<title>Thông báo:</title><body><p>Văn phòng nghỉ lễ từ thứ năm.</p></body>", true},
		"the name of the file":   {"tin.html", "<body><ul><li>Văn phòng nghỉ lễ từ thứ năm.</li></ul></body>", true},
		"a title and no text":    {"tin.md", "---\ntitle: Văn phòng nghỉ lễ\n---\n", false},
		"a title by its author":  {"tin.md", "---\ntitle: Thông báo\n---\nVăn phòng nghỉ lễ từ thứ năm.\n", false},
		"a notice of something":  {"tin.txt", "Thông báo nghỉ lễ\n\nVăn phòng nghỉ lễ từ thứ năm.\n", false},
		"a mail with a sentence": {"tin.eml", mail("Nghi le", "text/plain", "Văn phòng nghỉ lễ từ thứ năm."), false},
	} {
		dir := t.TempDir()
		write(t, dir+"/"+test.file, test.text)
		item := read(t, dir, nil)[0]
		if item.Bulletin == nil || (item.Bulletin.Held != "") != test.held {
			t.Errorf("%s: %+v", name, item)
		}
	}
}
