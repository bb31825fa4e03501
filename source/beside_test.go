package source_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/source"
)

// attachments says in a line each what is attached to a bulletin.
func attachments(item source.Item) (lines []string) {
	for _, a := range item.Bulletin.Attachments {
		_, name, _ := strings.Cut(a.Src, "-")
		lines = append(lines, fmt.Sprintf("%s %s %d %s", a.Title, a.Type, a.Length, name))
	}
	return lines
}

// A document beside a text of the same name is its attachment, whenever it comes
// and changes.
func TestFolderAttachments(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/2026/Kế hoạch.md", "# Kế hoạch công tác\n\nNội dung kế hoạch.")
	first := read(t, dir, nil)
	expect(t, first, "2026/Kế hoạch.md Kế hoạch công tác")

	write(t, dir+"/2026/Kế hoạch.pdf", "%PDF-1.7\n")
	write(t, dir+"/2026/kế hoạch.xlsx", "PK\x03\x04")
	write(t, dir+"/2026/KẾ HOẠCH.DOC", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	second := read(t, dir, versions(first))
	expect(t, second, "2026/Kế hoạch.md Kế hoạch công tác")
	if d := cmp.Diff([]string{
		"KẾ HOẠCH.DOC application/msword 8 ke-hoach.doc",
		"Kế hoạch.pdf application/pdf 9 ke-hoach.pdf",
		"kế hoạch.xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet 4 ke-hoach.xlsx",
	}, attachments(second[0])); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if second[0].Key != first[0].Key || second[0].Digest == first[0].Digest {
		t.Error("with its attachments it is another bulletin, or the same to the letter")
	}
	expect(t, read(t, dir, versions(second)))

	write(t, dir+"/2026/Kế hoạch.pdf", "%PDF-1.7\nbản sửa")
	third := read(t, dir, versions(second))
	expect(t, third, "2026/Kế hoạch.md Kế hoạch công tác")
	if err := os.Remove(dir + "/2026/Kế hoạch.md"); err != nil {
		t.Fatal(err)
	}
	expect(t, read(t, dir, versions(third)), "2026/KẾ HOẠCH.DOC KẾ HOẠCH", "2026/Kế hoạch.pdf Kế hoạch",
		"2026/kế hoạch.xlsx a sheet without a bulletin of the same name", "2026/Kế hoạch.md gone")
}

// Alone it waits for a person; what is no document is none under any name.
func TestFolderLonelyDocuments(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/bao-cao.pdf", "%PDF-1.7\n")
	write(t, dir+"/cu.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	write(t, dir+"/danh-ba.xlsx", "PK\x03\x04")
	write(t, dir+"/lua.pdf", "<!DOCTYPE html><script>alert(1)</script>")
	write(t, dir+"/may.doc", "MZ\x90\x00")
	items := read(t, dir, nil)
	const not = " the content of the file does not match its extension"
	expect(t, items, "bao-cao.pdf bao-cao", "cu.doc cu", "danh-ba.xlsx a sheet without a bulletin of the same name", "lua.pdf"+not, "may.doc"+not)
	for _, item := range items[:2] {
		if b := item.Bulletin; b.Held == "" || len(b.Attachments) != 1 || len(b.Warnings) > 0 {
			t.Errorf("%s: held %q, %d attachments, warnings %q", item.ID, b.Held, len(b.Attachments), b.Warnings)
		}
	}
}

func TestFolderCutFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/cat.txt", "Hội nghị\n\nHội Khuyến học trao học b\xe1\xbb")
	b := read(t, dir, nil)[0].Bulletin
	if b.Lead != "Hội Khuyến học trao học b" || b.Encoding != "" || len(b.Warnings) != 1 || b.Held != "" {
		t.Errorf("lead %q, encoding %q, warnings %q, held %q", b.Lead, b.Encoding, b.Warnings, b.Held)
	}
}

// An office mails its bulletin as a document, with some words around it, or a
// bulletin with a form to fill in.
func TestMailWithDocument(t *testing.T) {
	mail := func(text, document string) string {
		return "From: vanphong@example.org\nSubject: Gửi tin tuần 5\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain; charset=utf-8\n\n" + text +
			"\n--m\nContent-Type: application/octet-stream; name=tin.docx\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(document)) + "\n--m--\n"
	}
	long := strings.Repeat("Hội Khuyến học các cấp tiếp tục vận động xây dựng quỹ. ", 5)
	document := word(t, p("Tiu", "", "Hội nghị Cụm I")+p("", "", "Mở đầu.")+p("", "", long)+shot+p("Chuthich", "", "Trao học bổng"), nil)
	dir := t.TempDir()
	write(t, dir+"/kem.eml", mail("Kính gửi Ban biên tập, xin đăng giúp.", document))
	write(t, dir+"/mau.eml", mail(long+"\n\n"+long, word(t, p("", "", "Mẫu đăng ký"), nil)))
	write(t, dir+"/hong.eml", mail("Xin gửi tin.", "PK\x03\x04"))
	items := read(t, dir, nil)
	expect(t, items, "hong.eml Gửi tin tuần 5", "kem.eml Hội nghị Cụm I", "mau.eml Gửi tin tuần 5")
	sent, form := items[1].Bulletin, items[2].Bulletin
	if strings.Contains(sent.Lead+sent.Text, "Kính gửi") || len(sent.Images) != 1 || sent.Images[0].Caption != "Trao học bổng" || len(sent.Attachments) > 0 {
		t.Errorf("got %+v", sent)
	}
	if d := cmp.Diff([]string{fmt.Sprintf("tin.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document %d tin.docx", form.Attachments[0].Length)}, attachments(items[2])); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestMailRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/nhieu.eml", "Subject: Tin\nContent-Type: multipart/mixed; boundary=m\n\n"+strings.Repeat("--m\n\nx\n", 1000))
	var deep strings.Builder
	for i := range 200 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	write(t, dir+"/sau.eml", deep.String())
	var said []string
	for _, item := range read(t, dir, nil) {
		said = append(said, item.Err.(*source.Problem).Words.VI)
	}
	if d := cmp.Diff([]string{"thư có hơn 500 phần", "thư có các phần lồng nhau hơn 50 tầng"}, said); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
