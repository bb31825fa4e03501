package office

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"bantin"
	"bantin/store"
)

// visit is a request with who makes it.
type visit struct {
	session store.OfficeSession // the zero value where nobody is signed in; of a token its hash and name
	token   *store.OfficeToken  // that a program showed; nil for people
	lang    bantin.Language
}

func (v *visit) isSignedIn() bool { return v.session.Hash != "" }

// handler answers a request or returns an error. It writes nothing before it knows
// that it can answer.
type handler func(http.ResponseWriter, *http.Request, *visit) error

// maxBody limits the body of a request in bytes.
const maxBody = 64 << 10

// csp allows our own style sheet, images and script, and frames of our own.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// open wraps a handler that answers people who are not signed in too.
func (o *office) open(serve handler) http.Handler { return o.openFor(maxBody, serve) }

// openFor is open for bodies of up to limit bytes.
func (o *office) openFor(limit int64, serve handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		h.Add("Vary", "Accept")
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		v, err := o.visit(r)
		if err == nil {
			err = serve(w, r, v)
		}
		if err != nil {
			o.fail(w, r, v, err)
		}
	})
}

// page wraps a handler of a page: who is not signed in goes to the sign-in page.
func (o *office) page(serve handler) http.Handler {
	return o.open(func(w http.ResponseWriter, r *http.Request, v *visit) error {
		switch {
		case v.isSignedIn():
			return serve(w, r, v)
		case wantsJSON(r) || r.Header.Get("Authorization") != "":
			return errNoSession
		}
		http.Redirect(w, r, "/office/sign-in", http.StatusSeeOther)
		return nil
	})
}

// forPeople wraps a handler of what no token opens.
func forPeople(serve handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.token != nil {
			return errPeopleOnly
		}
		return serve(w, r, v)
	}
}

// action wraps a handler of a posted form.
func (o *office) action(serve handler) http.Handler {
	return o.open(func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if err := mayAct(r, v); err != nil {
			return err
		}
		if err := r.ParseForm(); err != nil {
			if errors.As(err, new(*http.MaxBytesError)) {
				return err
			}
			return errBadForm
		}
		return serve(w, r, v)
	})
}

// upload wraps a handler of a form with a file, which reads the body itself.
func (o *office) upload(serve handler) http.Handler {
	return o.openFor(maxDrained, func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if err := mayAct(r, v); err != nil {
			return err
		}
		takesLong(w)
		return serve(w, r, v)
	})
}

// mayAct refuses forms of those who may not act.
func mayAct(r *http.Request, v *visit) error {
	switch {
	case !v.isSignedIn() && r.Header.Get("Authorization") != "":
		return errNoSession
	case !v.isSignedIn():
		return errNotSignedIn
	case v.token != nil && !v.token.MayWrite:
		return errReadOnly
	}
	return nil
}

// wantsJSON reports whether a program asks.
func wantsJSON(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		mediaType, _, _ := strings.Cut(part, ";")
		if strings.TrimSpace(mediaType) == "application/json" {
			return true
		}
	}
	return false
}

// show writes a page, or to a program values, one a line.
func (o *office) show(w http.ResponseWriter, r *http.Request, name string, page any, values ...any) error {
	if !wantsJSON(r) {
		return o.render(w, http.StatusOK, name, page)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, v := range values {
		if err := enc.Encode(v); err != nil {
			return fmt.Errorf("encode %s: %w", name, err)
		}
	}
	write(w, http.StatusOK, "application/json", b.Bytes())
	return nil
}

// render buffers a page before it writes it, so that a template that fails leaves
// no half page.
func (o *office) render(w http.ResponseWriter, status int, name string, page any) error {
	var b bytes.Buffer
	if err := o.Templates.Office(name).Execute(&b, page); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	write(w, status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

func write(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the visitor may have gone
}
