package office

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
	"bantin/web"
)

// LinkTTL is how long a link to sign in works.
const LinkTTL = 15 * time.Minute

// Limits of the sign-in form, per hour: mails to one address, and requests of a network.
const (
	maxPerAddress = 3
	maxPerNetwork = 30
)

// signInPage is the page on which people ask for a link, or use one.
type signInPage struct {
	page
	IsSent  bool   // a link was asked for
	Link    string // where the button of a link posts to; "" for the form
	Email   string // as it was typed
	Problem string // with the address
}

func (o *office) signInForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.isSignedIn() && !o.isOld(v) {
		http.Redirect(w, r, "/office", http.StatusSeeOther)
		return nil
	}
	p := o.newSignInPage(r, v)
	p.IsSent = r.URL.Query().Has("sent")
	return o.render(w, http.StatusOK, "sign_in", p)
}

// isOld reports whether the sign-in is too old for some actions.
func (o *office) isOld(v *visit) bool { return o.wantFresh(v) != nil }

func (o *office) newSignInPage(r *http.Request, v *visit) *signInPage {
	p := &signInPage{page: o.newPage(r, v, "", "")}
	p.Title = p.Say("Đăng nhập", "Sign in")
	p.Bare = true
	return p
}

// requestLink serves POST /office/sign-in. The answer and the work are the same whether
// the address is listed or not.
func (o *office) requestLink(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return errBadForm
	}
	email := strings.TrimSpace(r.PostForm.Get("email"))
	if !strings.Contains(email, "@") || len(email) > 254 {
		p := o.newSignInPage(r, v)
		p.Email, p.Problem = email, p.Say("Hãy viết địa chỉ thư điện tử của bạn, chẳng hạn lan@example.org.", "Enter your e-mail address, such as lan@example.org.")
		return o.render(w, http.StatusUnprocessableEntity, "sign_in", p)
	}
	request := store.SignInRequest{
		Address: o.asListed(email), IsListed: o.isListed(email), Stranger: o.Tokens.RateLimitKey("office stranger", bantin.AddressKey(email)),
		Nonce: NewNonce(), Mail: NewNonce(), Expires: o.Now().Add(LinkTTL), Language: v.lang,
	}
	limit := func(kind, value string, most int) store.RequestLimit {
		return store.RequestLimit{Key: o.Tokens.RateLimitKey("office "+kind, value), Max: most, Window: time.Hour}
	}
	err := o.Store.Office().RequestSignIn(r.Context(), request,
		limit("network", web.ClientNetwork(r, o.TrustedProxies), maxPerNetwork), limit("address", bantin.AddressKey(email), maxPerAddress))
	if err != nil {
		return err
	}
	http.Redirect(w, r, o.newPage(r, v, "", "").Href("/office/sign-in?sent=1"), http.StatusSeeOther)
	return nil
}

// asListed is an address as the list writes it: mail goes there, and not to what a
// stranger typed.
func (o *office) asListed(email string) string {
	for _, p := range o.People {
		if bantin.AddressKey(p) == bantin.AddressKey(email) {
			return p
		}
	}
	return email
}

// NewNonce is 128 random bits in hexadecimal, as links carry them.
func NewNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// linkForm serves the page of a mailed link. It changes nothing, since programs open
// links too.
func (o *office) linkForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	o.hideLink(w)
	nonce, err := o.openLink(r)
	if err != nil {
		return err
	}
	isOpen, err := o.Store.Office().LinkIsOpen(r.Context(), nonce)
	if err != nil {
		return err
	}
	if !isOpen {
		return errBadLink
	}
	p := o.newSignInPage(r, v)
	p.Link, p.Switch = r.URL.RequestURI(), ""
	return o.render(w, http.StatusOK, "sign_in", p)
}

// hideLink keeps the address of a link from being told to others. Browsers send
// "Origin: null" with forms then, which over plain http, without Sec-Fetch-Site, looks
// cross-site.
func (o *office) hideLink(w http.ResponseWriter) {
	if o.isLocal() || !strings.HasPrefix(o.Site.URL, "http:") {
		w.Header().Set("Referrer-Policy", "no-referrer")
	}
}

// openLink reads the token of a link.
func (o *office) openLink(r *http.Request) (nonce string, err error) {
	nonce, err = o.Tokens.ParseLinkToken(mailer.PurposeSignIn, r.PathValue("token"), o.Now())
	if err != nil {
		return "", fmt.Errorf("%w: %w", errBadLink, err)
	}
	return nonce, nil
}

// signIn uses a link and begins a session. A session that the browser has ends.
func (o *office) signIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	o.hideLink(w)
	nonce, err := o.openLink(r)
	if err != nil {
		return err
	}
	token, s := o.newSession(v.lang)
	_, err = o.Store.Office().SignIn(r.Context(), nonce, s, o.People)
	if errors.Is(err, bantin.ErrNotFound) {
		return fmt.Errorf("%w: %w", errBadLink, err)
	}
	if err != nil {
		return err
	}
	if v.isSignedIn() {
		if err := o.Store.Office().SignOut(r.Context(), v.session); err != nil {
			return err
		}
	}
	o.setCookie(w, token)
	http.Redirect(w, r, "/office", http.StatusSeeOther)
	return nil
}

func (o *office) signOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := o.Store.Office().SignOut(r.Context(), v.session); err != nil {
		return err
	}
	o.setCookie(w, "")
	http.Redirect(w, r, "/office/sign-in", http.StatusSeeOther)
	return nil
}
