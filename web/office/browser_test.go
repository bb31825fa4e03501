//go:build unix

package office

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"bantin"
	"bantin/internal/pagetest"
	"bantin/mailer"
)

// TestJourneyInBrowser signs in by a link, pauses an edition and lets it go on, in Chromium on a
// phone and on a desk, with scripts and without.
func TestJourneyInBrowser(t *testing.T) {
	o := newTestOffice(t)
	e := o.edition(3)
	ctx, console := pagetest.Browse(t)
	for _, v := range []pagetest.View{{Width: 360, Scheme: "light"}, {Width: 1280, Scheme: "dark"}} {
		for _, scripts := range []bool{true, false} {
			o.journey(t, ctx, v, &e, scripts)
		}
	}
	for _, line := range console.Lines() {
		t.Errorf("the console says: %s", line)
	}
}

// TestImportInBrowser imports a list and undoes it, in Chromium on a phone and on a desk, in
// both languages, with scripts and without.
func TestImportInBrowser(t *testing.T) {
	o := newTestOffice(t)
	file := filepath.Join(t.TempDir(), "danh-sach.csv")
	if err := os.WriteFile(file, []byte(uploadedList), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, console := pagetest.Browse(t)
	o.signedIn(lan).signIn(t, ctx)
	for _, v := range []pagetest.View{{Width: 360, Scheme: "dark"}, {Width: 1280, Scheme: "light"}} {
		for l, scripts := range map[bantin.Language]bool{"vi": true, "en": false} {
			allowScripts(t, ctx, scripts)
			click := func(selector, wantPath string) {
				t.Helper()
				res, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
				if err != nil || res.Status != 200 || !strings.HasPrefix(strings.TrimPrefix(res.URL, o.server.URL), wantPath) {
					t.Fatalf("%s at %d: %+v, %v", selector, v.Width, res, err)
				}
			}
			v.Open(t, ctx, o.server.URL+inLanguage("/office/contacts/import", l))
			if err := chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file})); err != nil {
				t.Fatal(err)
			}
			click(`form[enctype] button`, "/office/contacts/import")
			click(`form[action^="/office/contacts/import/"] button`, "/office/contacts/import/")
			if c := o.contactAt("anh@example.org"); c.Place != "phu-tho" {
				t.Errorf("at %d, %s: %+v", v.Width, l, c)
			}
			click(`form[action="/office/contacts/undo"] button`, "/office/contacts?done=import_undo")
			if _, err := o.DB.Contacts().Get(t.Context(), "anh@example.org"); !errors.Is(err, bantin.ErrNotFound) {
				t.Errorf("at %d, %s: not undone, %v", v.Width, l, err)
			}
		}
	}
	for _, line := range console.Lines() {
		t.Errorf("the console says: %s", line)
	}
}

// TestSourcesInBrowser looks at the sources of an office whose folder has grown for years,
// on a telephone and on a desk, in both languages: nothing is wider than the screen.
func TestSourcesInBrowser(t *testing.T) {
	o := newTestOffice(t)
	problem := func(item string, kind bantin.ProblemKind, vi, en, hintVI, hintEN string) bantin.Problem {
		return bantin.Problem{Item: item, Kind: kind, What: bantin.NewNote(vi, en), Hint: bantin.NewNote(hintVI, hintEN)}
	}
	found := []bantin.Problem{
		problem("Năm 2019/Ảnh hội nghị tổng kết công tác khuyến học, khuyến tài, xây dựng xã hội học tập.heic", bantin.ProblemUnread,
			"ảnh loại .heic không đọc được", "pictures of type .heic are not read", "lưu lại thành .jpg rồi đặt vào một tin", "save it as .jpg and put it into a bulletin"),
		problem("BAO_CAO_TONG_KET_"+strings.Repeat("NAM_HOC_2018_2019_", 5)+".zip", bantin.ProblemUnread,
			"tệp nén không được mở", "archives are not opened", "giải nén rồi để các tệp bên trong vào thư mục", "unpack it and put the files of it into the folder"),
		problem("danh-sach.xlsx", bantin.ProblemUnread, "bảng tính không có tin cùng tên", "a sheet without a bulletin of the same name",
			"đặt cùng tên với một tin (ke-hoach.docx và ke-hoach.xlsx) để đính kèm; danh sách người nhận thì nhập bằng `bantin contacts import`",
			"name it like a bulletin (ke-hoach.docx and ke-hoach.xlsx) to attach it; import a list of contacts with `bantin contacts import`"),
		problem("tin/vĩnh-phúc.md", bantin.ProblemPart, "bỏ qua ảnh \"http://www.example.org/uploads/news/2019_05/"+strings.Repeat("anh-trao-hoc-bong-", 6)+".jpg\": không tìm thấy máy chủ của ảnh",
			"picture \"http://www.example.org/uploads/news/2019_05/"+strings.Repeat("anh-trao-hoc-bong-", 6)+".jpg\" is left out: its host cannot be found",
			"xem tin trên trang web; nếu thiếu, sửa tệp rồi lưu lại", "look at the bulletin on the web; if something is missing, mend the file and save it again"),
	}
	if err := o.DB.Sources().RecordProblems(t.Context(), "van-phong", found, nil); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("read folder \"/srv/khuyen-hoc/" + strings.Repeat("ban-tin-", 12) + "\": permission denied")
	if err := o.DB.Sources().RecordRead(t.Context(), "van-phong", failure, o.Now()); err != nil {
		t.Fatal(err)
	}
	ctx, console := pagetest.Browse(t)
	o.signedIn(lan).signIn(t, ctx)
	for _, v := range []pagetest.View{{Width: 360, Scheme: "dark"}, {Width: 360, Scheme: "light"}, {Width: 1280, Scheme: "dark"}} {
		for _, l := range bantin.Languages() {
			seen := v.Open(t, ctx, o.server.URL+inLanguage("/office/sources", l))
			if seen.Wide > seen.Screen || seen.Headings != 1 {
				t.Errorf("at %d, %s, %s: %+v", v.Width, v.Scheme, l, seen)
			}
		}
	}
	for _, line := range console.Lines() {
		t.Errorf("the console says: %s", line)
	}
}

// allowScripts switches scripts on or off.
func allowScripts(t *testing.T, ctx context.Context, on bool) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
}

func (o *testOffice) journey(t *testing.T, ctx context.Context, v pagetest.View, e *bantin.Edition, scripts bool) {
	t.Helper()
	nonce, expires := NewNonce(), o.Now().Add(LinkTTL)
	if err := o.DB.Office().NewLink(t.Context(), lan, nonce, expires, "root"); err != nil {
		t.Fatal(err)
	}
	token, err := o.Tokens.LinkToken(mailer.PurposeSignIn, nonce, expires)
	if err != nil {
		t.Fatal(err)
	}
	allowScripts(t, ctx, scripts)
	click := func(selector, wantPath string) {
		t.Helper()
		res, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
		if err != nil || res.Status != 200 || !strings.HasPrefix(strings.TrimPrefix(res.URL, o.server.URL), wantPath) {
			t.Fatalf("%s at %d: %+v, %v", selector, v.Width, res, err)
		}
	}
	path := "/office/editions/" + e.ID
	v.Open(t, ctx, o.server.URL+"/office/sign-in/"+token)
	click(`main button[type="submit"]`, "/office")
	v.Open(t, ctx, o.server.URL+path)
	click(`form[action$="/pause"] button`, path+"?done=pause")
	if s := o.status(e.ID); s != bantin.EditionPaused {
		t.Errorf("at %d: %s", v.Width, s)
	}
	click(`form[action$="/resume"] button`, path+"?done=resume")
	if s := o.status(e.ID); s != bantin.EditionSending {
		t.Errorf("at %d: %s", v.Width, s)
	}
	click(`footer button`, "/office/sign-in")
}
