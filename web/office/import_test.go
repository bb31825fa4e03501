//go:build unix

package office

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/publish/collect"
	"bantin/store"
)

// importList imports with the importer of the commands.
func (o *testOffice) importList(ctx context.Context, list ImportList) (*ImportReport, error) {
	im := &collect.Importer{DB: o.DB, Log: o.Log(), Audience: o.editor.Audience, Secret: o.Tokens.ErasedKey(), Language: list.Language, Digests: []*bantin.Digest{o.Digest}}
	d, err := im.Import(ctx, collect.List{File: list.File, Who: list.Who, Dry: list.Dry, KeepRejected: true, Complete: list.Complete}, func(int, int) {})
	if err != nil {
		return nil, err
	}
	out := &ImportReport{DryRun: list.Dry, Rows: d.Rows, Added: d.Added, Changed: d.Changed, Rejected: d.Refused, Missing: d.Missing, Ended: d.Ended, File: d.File, Notes: d.Notes}
	for _, bad := range d.Rejected {
		out.Problems = append(out.Problems, ImportRow{Line: bad.Line, Shown: bad.Value, What: bad.Reason})
	}
	for _, r := range d.Digests {
		out.Digests = append(out.Digests, ImportReach{r.Digest, r.Rows, r.NoLevel, r.NoPlace})
	}
	return out, nil
}

// upload posts a file.
func (b *browser) upload(path, name string, data []byte, header ...string) (*http.Response, string) {
	b.o.T.Helper()
	return b.uploadWith(nil, path, name, data, header...)
}

// uploadWith posts a file with other fields, as a browser does: where no file is chosen its
// name is "".
func (b *browser) uploadWith(fields url.Values, path, name string, data []byte, header ...string) (*http.Response, string) {
	b.o.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, values := range fields {
		for _, value := range values {
			if err := form.WriteField(field, value); err != nil {
				b.o.T.Fatal(err)
			}
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(data)
	}
	if err != nil || form.Close() != nil {
		b.o.T.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.o.T.Context(), http.MethodPost, b.o.server.URL+path, &body)
	if err != nil {
		b.o.T.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(req, header...)
}

const uploadedList = "họ tên,thư điện tử,tỉnh,cấp\nNguyễn Thị Ánh,anh@example.org,Phú Thọ,tỉnh\nLê <Bình>,binh@example.org,Hà Nội,huyện\nTrần Cường,cuong(tại)example,Lào Cai,xã\n"

var importToken = regexp.MustCompile(`action="/office/contacts/import/([^"]+)"`)

// A list is tried, shown, done once and undone; its rejected rows are a file, and what is
// no list says so.
func TestImport(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	b.wants("/office/contacts/import", "Nhập danh sách", `enctype="multipart/form-data"`)
	res, page := b.upload("/office/contacts/import", `C:\Danh bạ\danh-sach.csv`, []byte(uploadedList))
	if res.StatusCode != http.StatusOK || !importToken.MatchString(page) {
		t.Fatalf("%d %s", res.StatusCode, page)
	}
	for _, want := range []string{"Danh sách này sẽ: thêm 2", "danh-sach.csv", "chưa có gì được ghi", "Dòng 4, cuong(tại)example", "hang-tuan", "Tải các dòng không nhận"} {
		if !strings.Contains(page, want) {
			t.Errorf("the dry run has no %q: %s", want, page)
		}
	}
	if _, err := o.DB.Contacts().Get(t.Context(), "anh@example.org"); err == nil {
		t.Error("the dry run stored somebody")
	}
	path := "/office/contacts/import/" + importToken.FindStringSubmatch(page)[1]
	rejected, rows := b.ask(http.MethodGet, path+"/rejected", nil)
	if !strings.Contains(rows, "Trần Cường") || strings.Contains(rows, "Ánh") || !strings.Contains(rejected.Header.Get("Content-Disposition"), "danh-sach.csv.rejected.csv") {
		t.Errorf("%v %s", rejected.Header, rows)
	}
	b.wants(path+"?lang=en", "This list would: add 2", "dry run")
	b.get("/office?lang=vi", http.StatusOK)
	form := url.Values{"form": {"một"}}
	for range 2 { // a double click
		if to := o.location(b, path, form); to != path+"?done=import" {
			t.Errorf("done: %s", to)
		}
	}
	b.wants(path+"?done=import", "Đã nhập: thêm 2", "Hủy lần nhập này")
	b.post(path, url.Values{}, http.StatusConflict)
	if c := o.contactAt("binh@example.org"); c.Name != "Lê <Bình>" || c.Origin != bantin.OriginImport {
		t.Errorf("imported: %+v", c)
	}
	b.wants(o.personOf("binh@example.org"), "Lê &lt;Bình&gt;", "danh-sach.csv", "lan@example.org")
	last, err := o.DB.Imports().LastToUndo(t.Context())
	if err != nil || last.List != "danh-sach.csv" || last.Who != "lan@example.org" {
		t.Errorf("%+v %v", last, err)
	}

	// The next month's list is complete, and somebody is not on it any more.
	_, page = b.upload("/office/contacts/import", "danh-sach.csv", []byte("email\nanh@example.org\n"))
	if !strings.Contains(page, `name="complete"`) {
		t.Errorf("nobody is missing: %s", page)
	}
	o.location(b, "/office/contacts/import/"+importToken.FindStringSubmatch(page)[1], url.Values{"complete": {"1"}})
	if c := o.contactAt("binh@example.org"); c.Origin != bantin.OriginEnded {
		t.Errorf("not ended: %+v", c)
	}
	b.post("/office/contacts/undo", url.Values{"import": {"1"}}, http.StatusConflict)
	undo := url.Values{"form": {"hai"}, "import": {"2"}}
	for range 2 {
		if to := o.location(b, "/office/contacts/undo", undo); to != "/office/contacts?done=import_undo" {
			t.Errorf("undone: %s", to)
		}
	}
	if c := o.contactAt("binh@example.org"); c.Origin != bantin.OriginImport {
		t.Errorf("not restored: %+v", c)
	}
	b.post("/office/contacts/undo", url.Values{}, http.StatusConflict)
	want := "office lan@example.org import danh-sach.csv"
	if list := o.audit(); len(list) == 0 || list[0] != want {
		t.Errorf("audit log: %q", list)
	}

	o.Skew.Add(int64(time.Hour))
	b.get(path, http.StatusNotFound)
	b.get("/office/contacts/import/x", http.StatusNotFound)
	if left, err := os.ReadDir(o.options.Dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// What no list is, what is too long, and who may not.
func TestImportRefused(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	for name, c := range map[string]struct {
		data   string
		status int
		says   string
	}{
		"cu.xls":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", http.StatusUnprocessableEntity, "Excel kiểu cũ"},
		"trong.csv":  {"", http.StatusUnprocessableEntity, ""},
		"khong.csv":  {"tỉnh,cấp\nHuế,xã\n", http.StatusUnprocessableEntity, ""},
		"trang.xlsx": {"<html><table><tr><td>lan@example.org", http.StatusUnprocessableEntity, ""},
		"dai.csv":    {"email\n" + strings.Repeat("lan@example.org\n", maxUpload/16+1), http.StatusRequestEntityTooLarge, "20 MB"},
	} {
		if res, body := b.upload("/office/contacts/import", name, []byte(c.data)); res.StatusCode != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d, want %d\n%s", name, res.StatusCode, c.status, body)
		}
	}
	if res, _ := b.ask(http.MethodPost, "/office/contacts/import", url.Values{"file": {"x"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", res.StatusCode)
	}
	if res, _ := (&browser{o: o}).upload("/office/contacts/import", "a.csv", []byte(uploadedList)); res.StatusCode != http.StatusForbidden {
		t.Errorf("nobody: %d", res.StatusCode)
	}
	if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken("ma"), Name: "ghi", MayWrite: true, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
		t.Fatal(err)
	}
	program, token := &browser{o: o}, []string{"Authorization", "Bearer ma", "Accept", "application/json"}
	res, body := program.upload("/office/contacts/import", "../../a.csv", []byte(uploadedList), token...)
	var tried PrintedImport
	if err := json.Unmarshal([]byte(body), &tried); err != nil || res.StatusCode != http.StatusOK || !tried.DryRun || tried.Added != 2 || tried.Rejected != 1 || tried.Token == "" {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	res, body = program.ask(http.MethodPost, "/office/contacts/import/"+tried.Token, url.Values{}, token...)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `"added":2`) || strings.Contains(body, "dry_run") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// A program reads what is to be said of the whole list, and of a row, with where it is.
func TestPrintedNotes(t *testing.T) {
	r := ImportReport{Rows: 2, Notes: []bantin.Words{{VI: "không có cột cấp", EN: "there is no column of levels"}},
		Warnings: []ImportRow{{Line: 3, Column: "Tỉnh", What: bantin.Words{VI: "không rõ nơi", EN: "unknown place"}}}}
	got, err := json.Marshal(r.Printed().Notes)
	if want := `[{"what":"there is no column of levels"},{"row":3,"column":"Tỉnh","what":"unknown place"}]`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

// Names of files come from anywhere.
func TestUploadName(t *testing.T) {
	for name, want := range map[string]string{
		"danh sách.csv": "danh sách.csv", `C:\a\b.xlsx`: "b.xlsx", "../../etc/passwd": "passwd", "..": "upload", ".": "upload", "": "upload", ".htaccess": "htaccess",
		strings.Repeat("ế", 100) + ".csv": strings.Repeat("ế", 38) + ".csv",
	} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_, err := form.CreateFormFile("file", name)
		if err != nil || form.Close() != nil {
			t.Fatal(err)
		}
		part, err := multipart.NewReader(&body, form.Boundary()).NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := uploadName(part); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// triedImport is the page of a list that was tried.
func (o *testOffice) triedImport(b *browser) string {
	_, page := b.upload("/office/contacts/import", "danh-sach.csv", []byte(uploadedList))
	return "/office/contacts/import/" + importToken.FindStringSubmatch(page)[1]
}
