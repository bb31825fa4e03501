package office

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/store"
)

const (
	sessionCookie = "bantin_office"
	sessionTTL    = 14 * 24 * time.Hour
	freshFor      = 15 * time.Minute // what a sign-in allows that is dangerous
)

// visit finds out who makes a request, and in which language. ?lang= lasts for the
// session. Who is no longer listed is not signed in.
func (o *office) visit(r *http.Request) (*visit, error) {
	v := &visit{lang: o.Site.Language}
	if header := r.Header.Get("Authorization"); header != "" {
		return v, o.showToken(r.Context(), v, header)
	}
	chosen := bantin.Language(r.URL.Query().Get("lang"))
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		if chosen.Known() {
			v.lang = chosen
		}
		return v, nil
	}
	s, err := o.Store.Office().Session(r.Context(), HashToken(cookie.Value))
	switch {
	case errors.Is(err, bantin.ErrNotFound):
	case err != nil:
		return v, err
	case o.isListed(s.Who):
		v.session = s
	}
	switch {
	case !chosen.Known():
		if v.session.Language.Known() {
			v.lang = v.session.Language
		}
	case v.isSignedIn() && chosen != v.session.Language && r.Method == http.MethodGet:
		v.lang = chosen
		return v, o.Store.Office().SetLanguage(r.Context(), v.session.Hash, chosen)
	default:
		v.lang = chosen
	}
	return v, nil
}

// showToken takes the token of a program; one that is none leaves nobody signed in.
func (o *office) showToken(ctx context.Context, v *visit, header string) error {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	t, err := o.Store.Office().Token(ctx, HashToken(strings.TrimSpace(token)))
	if errors.Is(err, bantin.ErrNotFound) {
		return nil
	}
	if err == nil {
		v.token, v.session = &t, store.OfficeSession{Hash: t.Hash, Who: t.Name, Created: t.Created, Expires: t.Expires}
	}
	return err
}

// isListed reports whether an address may sign in.
func (o *office) isListed(address string) bool {
	key := bantin.AddressKey(address)
	return slices.ContainsFunc(o.People, func(p string) bool { return bantin.AddressKey(p) == key })
}

// newSession makes a session and the token of its cookie.
func (o *office) newSession(lang bantin.Language) (token string, s store.OfficeSession) {
	token = rand.Text()
	return token, store.OfficeSession{Hash: HashToken(token), Language: lang, Expires: o.Now().Add(sessionTTL)}
}

// HashToken is what is stored of a token. It has 130 random bits, so that no slow hash is
// needed, and looking its hash up tells nothing by the time it takes.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// setCookie gives the session to the browser; "" takes it away.
func (o *office) setCookie(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: sessionCookie, Value: token, Path: "/office", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: !o.isLocal(), MaxAge: int(sessionTTL.Seconds())}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// isLocal reports whether the site is one on this machine, where there is no https.
func (o *office) isLocal() bool {
	u, err := url.Parse(o.Site.URL)
	if err != nil || u.Scheme != "http" {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "::1" || strings.HasPrefix(host, "127.")
}

// wantFresh refuses what needs a sign-in of the last minutes.
func (o *office) wantFresh(v *visit) error {
	if v.token != nil || o.Now().Sub(v.session.Created) > freshFor {
		return errNotFresh
	}
	return nil
}
