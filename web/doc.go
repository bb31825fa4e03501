// Package web serves the public site: pages of bulletins, editions, digests and
// feeds, the feeds themselves, and the forms on which a contact subscribes,
// changes preferences and unsubscribes.
//
// [New] returns one handler; routes.go is its table of contents. A page is a file
// page_*.go, which reads its parameters, fills its struct and renders the template
// of the same name in templates/page. Handlers return an error, and one wrapper
// (serve.go) turns it into a status, a page and a log line. A visitor never sees
// the cause.
//
// Pages need no JavaScript, set no cookies, load nothing from other hosts but
// images of bulletins, and keep no state between requests. They are in the site's
// language; ?lang=en or ?lang=vi selects the other, and links keep it. GET never
// changes anything.
package web
