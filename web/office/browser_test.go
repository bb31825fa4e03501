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

// TestJourney signs in by a link, pauses an edition and lets it go on, in Chromium on a
// phone and on a desk, with scripts and without.
func TestJourney(t *testing.T) {
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

// TestImportJourney imports a list and undoes it, in Chromium on a phone and on a desk, in
// both languages, with scripts and without.
func TestImportJourney(t *testing.T) {
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
