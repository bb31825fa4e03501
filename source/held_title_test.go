package source_test

import "testing"

// A title that says nothing of the bulletin holds it.
func TestTitlesThatSayNothing(t *testing.T) {
	for title, held := range map[string]bool{
		"THÔNG BÁO": true, "Microsoft Word - bao cao.doc": true, "Untitled Document": true, "New Page 1": true, "ke-hoach.docx": true, "BC_tuan-50": true,
		"Tài liệu 2": true, "Trang chủ": true, "Thông báo số 5": false, "Kế hoạch năm 2026": false, "Tin": false, "Tài liệu 20 trang": false,
	} {
		dir := t.TempDir()
		write(t, dir+"/bc_tuan-50.html", "<title>"+title+"</title><body><p>Xã mở lớp học cho người lớn.</p><p>Lớp có ba mươi người.</p>")
		if b := read(t, dir, nil)[0].Bulletin; b.Title != title || (b.Held != "") != held {
			t.Errorf("%q: title %q, held %q", title, b.Title, b.Held)
		}
	}
}
