// Package web is the site: the bulletins, editions and feeds that people and
// readers open, and the page on which a contact leaves a digest.
//
// [New] gives one handler; routes.go is its table of contents. A page is a
// file page_*.go, which reads its parameters, fills its struct and renders the
// template of the same name in templates/page. Handlers return an error, and
// one wrapper (serve.go) makes of it a status, a page and a log line: a
// visitor never sees a cause.
//
// Pages need no JavaScript, set no cookies, load nothing from elsewhere but
// pictures of bulletins, and keep no state between requests. They are in the
// site's language; ?lang=en or ?lang=vi asks for the other, and links keep it.
// GET changes nothing, anywhere.
package web
