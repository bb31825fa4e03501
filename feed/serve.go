package feed

import (
	"net/http"
	"strings"
	"time"
)

// Vary is what answers depend on. On Accept they do at the site, where browsers
// get a page in place of a document.
const Vary = "Accept-Encoding, Accept"

// sharedHeaders are header values that all documents share.
type sharedHeaders struct{ vary, ranges, anyOrigin, exposed []string }

var constant = sharedHeaders{
	vary:      []string{Vary},
	ranges:    []string{"none"},
	anyOrigin: []string{"*"},
	exposed:   []string{"ETag, Link"},
}

// ServeHTTP answers GET and HEAD with the document, or with 304 where the
// reader has it (RFC 9110 13). Ranges get the whole, which is their right
// (14.2), and A-IM (RFC 3229) is not looked at: rss2email asks for deltas and
// takes them for errors. Header fields are set as ready-made slices: most
// answers are polls that end here, and cost next to nothing; eight fields are
// what a small map holds, so there are no others.
func (d *Document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		d.otherMethod(w, r)
		return
	}
	rep, status := d.choose(r.Header)
	d.writeHeader(w.Header(), rep)
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	if rep.body == nil && rep.coding == gzipCoding {
		rep = d.packed()
	}
	h := w.Header()
	h["Content-Type"] = d.head.mediaType
	h["Content-Length"] = rep.length
	if r.Header["Range"] != nil {
		h["Accept-Ranges"] = constant.ranges
	}
	if rep.name != nil {
		h["Content-Encoding"] = rep.name
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(rep.body) // a reader that went away is no fault of ours
	}
}

// writeHeader sets what a 200 and a 304 have in common (RFC 9110 15.4.5).
func (d *Document) writeHeader(h http.Header, rep *representation) {
	h["Cache-Control"] = d.head.cacheControl
	h["Vary"] = constant.vary
	h["Etag"] = rep.etagField
	h["Last-Modified"] = d.head.modified
	if d.head.link != nil {
		h["Link"] = d.head.link
	}
	if d.head.anyOrigin {
		h["Access-Control-Allow-Origin"] = constant.anyOrigin
		h["Access-Control-Expose-Headers"] = constant.exposed
	}
}

// otherMethod answers OPTIONS, which a browser asks before it lets a script
// ask with fields of its own, and refuses the rest.
func (d *Document) otherMethod(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Allow", "GET, HEAD, OPTIONS")
	if r.Method != http.MethodOptions {
		http.Error(w, "Chỉ đọc được bằng GET. / Read it with GET.", http.StatusMethodNotAllowed)
		return
	}
	if d.head.anyOrigin {
		h["Access-Control-Allow-Origin"] = constant.anyOrigin
		h.Set("Access-Control-Allow-Methods", "GET, HEAD")
		h.Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since, Cache-Control")
		h.Set("Access-Control-Max-Age", "86400")
	}
	w.WriteHeader(http.StatusNoContent)
}

// choose picks the copy to answer with and the status, in the order of RFC
// 9110 13.2.2. What cannot be understood in a condition is as if it were not
// there, so that no reader is left without its feed.
func (d *Document) choose(h http.Header) (*representation, int) {
	copies := *d.copies.Load()
	accept := parseWeights(h["Accept-Encoding"])
	best := accept.best(copies)
	if d.refused(h, copies) {
		return best, http.StatusPreconditionFailed
	}
	if tags, ok := h["If-None-Match"]; ok { // decides alone, whatever the date says
		if has := accept.has(tags, copies); has != nil {
			return has, http.StatusNotModified
		}
		if isWildcard(tags) {
			return best, http.StatusNotModified
		}
		return best, http.StatusOK
	}
	if d.since(h["If-Modified-Since"]) {
		return best, http.StatusNotModified
	}
	return best, http.StatusOK
}

// has gives the copy that the reader has, of those it can use. That is not
// always the one it would get now: a packed copy that came later must not
// cost it a download of what it knows.
func (w *weights) has(tags []string, copies []representation) *representation {
	for i := range copies {
		if c := &copies[i]; w.take(c.coding) && matches(tags, c.etag) {
			return c
		}
	}
	return nil
}

// refused looks at the conditions that no reader sends and RFC 9110 13.1.1 and
// 13.1.4 want heeded.
func (d *Document) refused(h http.Header, copies []representation) bool {
	if tags, ok := h["If-Match"]; ok {
		for i := range copies {
			if matches(tags, copies[i].etag) {
				return false
			}
		}
		return !isWildcard(tags)
	}
	before := h["If-Unmodified-Since"]
	if len(before) != 1 {
		return false
	}
	t, err := http.ParseTime(before[0])
	return err == nil && d.Modified.After(t)
}

// since reports whether nothing changed since the time in the field. More than
// one is no time.
func (d *Document) since(fields []string) bool {
	if len(fields) != 1 {
		return false
	}
	if fields[0] == d.head.modified[0] {
		return true
	}
	t, err := http.ParseTime(fields[0])
	return err == nil && !d.Modified.After(t.Truncate(time.Second))
}

// matches compares weakly (RFC 9110 8.8.3.2): W/ does not count.
func matches(fields []string, etag string) bool {
	for _, field := range fields {
		for field != "" {
			field = strings.TrimPrefix(strings.TrimLeft(field, " \t,"), "W/")
			if strings.HasPrefix(field, etag) {
				return true
			}
			field = afterTag(field)
		}
	}
	return false
}

// isWildcard reports whether the field is a lone asterisk.
func isWildcard(fields []string) bool {
	return len(fields) == 1 && strings.TrimSpace(fields[0]) == "*"
}

// afterTag is what follows the entity tag, or whatever stands there, at the
// beginning of s. A tag may hold commas.
func afterTag(s string) string {
	if strings.HasPrefix(s, `"`) {
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			return s[end+2:]
		}
		return ""
	}
	_, rest, _ := strings.Cut(s, ",")
	return rest
}
