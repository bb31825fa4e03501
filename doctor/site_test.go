package doctor

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/internal/dnstest"
	"bantin/internal/freeport"
	"bantin/internal/officetest"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
	"bantin/web"
)

// openStore opens the database of a folder.
func openStore(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// pages are those of an installation with one digest.
func pages(t *testing.T, site *bantin.Site, db *store.DB, tokens *mailer.Tokens) http.Handler {
	t.Helper()
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return web.New(web.Options{Site: site, Store: db, Templates: set, Atlas: place.NewAtlas(nil), Tokens: tokens, Feeds: &feed.Library{},
		FeedList: func() []bantin.Feed { return nil }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

// installation is what is examined, with its site over TLS.
type installation struct {
	*Options
	server *httptest.Server
	serve  atomic.Value // the http.Handler that answers
}

func install(t *testing.T) *installation {
	t.Helper()
	i := &installation{}
	i.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { i.serve.Load().(http.HandlerFunc)(w, r) }))
	t.Cleanup(i.server.Close)
	pool := i.server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	dns := dnstest.Start(t, "example.com A 127.0.0.1") // the name in the certificate of httptest
	_, port, err := net.SplitHostPort(i.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	i.Options = &Options{
		Site: &bantin.Site{Title: "Hội Khuyến học", URL: "https://example.com:" + port, Language: "vi", Location: time.UTC}, Resolver: dns.Addr, RootCAs: pool,
		Store: openStore(t, officetest.DataDir(t)), Tokens: mailer.NewTokens([]byte("bí mật để thử")), Digests: []Digest{{ID: "hang-tuan"}},
	}
	if err := i.Store.Digests().Register(t.Context(), "hang-tuan", "Bản tin hàng tuần", nil); err != nil {
		t.Fatal(err)
	}
	i.answer(pages(t, i.Site, i.Store, i.Tokens))
	return i
}

func (i *installation) answer(h http.Handler) { i.serve.Store(http.HandlerFunc(h.ServeHTTP)) }

func TestSite(t *testing.T) {
	t.Parallel()
	i := install(t)
	expect(t, look(t, i.Options, "site_url"), OK, "leads to this installation; the certificate")
	expect(t, look(t, i.Options, "one_click"), OK, "nobody was unsubscribed")

	// another installation, and a copy of this one
	i.answer(pages(t, i.Site, i.Store, mailer.NewTokens([]byte("bí mật của người khác"))))
	expect(t, look(t, i.Options, "site_url"), Failed, "not this installation")
	expect(t, look(t, i.Options, "one_click"), Failed, "404")
	addContacts(t, i.Store, 1)
	copied := filepath.Join(t.TempDir(), store.File)
	if err := i.Store.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	twin := openStore(t, filepath.Dir(copied))
	if err := twin.SetSetting(t.Context(), "mark", "0123456789abcdef0123456789abcdef 0"); err != nil { // it is older
		t.Fatal(err)
	}
	i.answer(pages(t, i.Site, twin, i.Tokens))
	expect(t, look(t, i.Options, "site_url"), Failed, "not this installation")

	i.answer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	expect(t, look(t, i.Options, "site_url"), Failed, "proxy does not reach")
	i.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://www.example.org"+r.URL.Path, http.StatusMovedPermanently)
	}))
	expect(t, look(t, i.Options, "site_url"), Failed, "redirects to https://www.example.org")
	f := look(t, i.Options, "one_click")
	expect(t, f, Failed, "redirects to https://www.example.org/…")
	i.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	expect(t, look(t, i.Options, "one_click"), Failed, "403")

	i.RootCAs = nil
	expect(t, look(t, i.Options, "site_url"), Failed, "certificate")
	expect(t, look(t, i.Options, "one_click"), Skipped, "site_url")
	i.Resolver = dnstest.Start(t, "other.example.com A 127.0.0.1").Addr
	expect(t, look(t, i.Options, "site_url"), Failed, "no such host")
	i.Store, i.Tokens, i.StoreErr = nil, nil, store.ErrOlder
	expect(t, look(t, i.Options, "site_url"), Skipped, "older")
	expect(t, look(t, i.Options, "one_click"), Skipped, "older")
}

// Over http it works, with a word about it; a daemon that does not run yet on this machine
// is no failure.
func TestSiteOnLoopback(t *testing.T) {
	t.Parallel()
	i := install(t)
	plain := httptest.NewServer(pages(t, i.Site, i.Store, i.Tokens))
	t.Cleanup(plain.Close)
	i.Site = &bantin.Site{URL: plain.URL}
	expect(t, look(t, i.Options, "site_url"), Warning, "not over https")
	expect(t, look(t, i.Options, "one_click"), Warning, "not over https")
	i.Site = &bantin.Site{URL: "http://127.0.0.1:" + strconv.Itoa(freeport.Port(t))}
	expect(t, look(t, i.Options, "site_url"), Warning, "cannot be opened")
}

// What mail programs post about nobody unsubscribes nobody.
func TestOneClickUnsubscribesNobody(t *testing.T) {
	t.Parallel()
	i := install(t)
	addContacts(t, i.Store, 1)
	expect(t, look(t, i.Options, "one_click"), OK, "")
	c, err := i.Store.Contacts().Get(t.Context(), "nguoi0@example.org")
	if err != nil || len(c.Subscriptions) != 0 {
		t.Errorf("%v, %v", c.Subscriptions, err)
	}
}

// A run of the command is under 20 seconds, whatever does not answer: what it waits for one
// after the other are the database, the checks side by side, and one that does not heed its
// end. No check by itself waits longer than all may.
func TestLimits(t *testing.T) {
	const most = 20 * time.Second
	if sum := OpenTimeout + timeout + grace; sum >= most {
		t.Errorf("a run may take %v", sum)
	}
	for name, one := range map[string]time.Duration{"smtp": smtpTimeout, "imap": imapTimeout, "database": databaseTimeout} {
		if one > timeout {
			t.Errorf("%s may take %v of %v", name, one, timeout)
		}
	}
}

// Everything is out of reach and says nothing: the whole examination still ends in time.
func TestNothingAnswers(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	port := silent.Addr().(*net.TCPAddr).Port
	i := install(t)
	i.Resolver = dnstest.StartSilent(t).Addr
	i.Site = &bantin.Site{URL: "https://" + silent.Addr().String()}
	key, _ := signingKey(t)
	i.Mail = &Mail{Host: "127.0.0.1", Keys: []Key{key}, From: "bantin@example.org", TLS: true, Relay: func(r *net.Resolver) (*mailer.SMTP, error) {
		return mailer.NewSMTP(mailer.SMTPOptions{Host: "127.0.0.1", Port: port, TLSMode: mailer.ImplicitTLS, Resolver: r}), nil
	}}
	i.Mail.Bounces = "tra-lai@example.org"
	hangs := make(chan struct{})
	t.Cleanup(func() { close(hangs) })
	i.Mailboxes = []Mailbox{
		{Key: "bounces.mailbox", IsReturn: true, Try: func(ctx context.Context, _ *net.Resolver) error { <-ctx.Done(); return ctx.Err() }},
		{Key: "sources hop-thu", Try: func(ctx context.Context, _ *net.Resolver) error { <-ctx.Done(); return ctx.Err() }},
	}
	i.Templates = func() error { <-hangs; return nil } // a network disk that never answers
	begin := time.Now()
	findings := Examine(t.Context(), i.Options)
	if took := time.Since(begin); took > 19*time.Second {
		t.Errorf("it took %v", took)
	}
	var names []string
	for _, f := range findings {
		names = append(names, f.Check)
		if f.Status == OK && (strings.HasPrefix(f.Check, "dns_") || f.Check == "site_url" || strings.HasPrefix(f.Check, "smtp_")) {
			t.Errorf("%s is ok: %s", f.Check, f.What.EN)
		}
		if strings.HasPrefix(f.Check, "dns_") && f.Status != Skipped {
			t.Errorf("%s: %s: %s", f.Check, f.Status, f.What.EN)
		}
	}
	want := "dns_mx dns_spf dns_dkim dns_dmarc dns_ptr smtp_connect smtp_tls smtp_login imap_login site_url one_click clock disk modes database contacts audience templates sources topics"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("checks: %s\nwant:   %s", got, want)
	}
}
