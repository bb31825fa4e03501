package feed

import (
	"net/http"
	"strings"
	"time"
)

// fields are header values that every answer shares.
type fields struct{ cacheControl, vary, ranges, nosniff []string }

var shared = fields{
	cacheControl: []string{"public, max-age=300, stale-while-revalidate=600"},
	vary:         []string{"Accept-Encoding"},
	ranges:       []string{"none"},
	nosniff:      []string{"nosniff"},
}

// ServeHTTP answers GET and HEAD with the document, or with 304 where the
// reader has it (RFC 9110 13). Header fields are set as ready-made slices:
// most answers are polls that end here, and cost next to nothing.
func (d *Document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "Chỉ đọc được bằng GET. / Read it with GET.", http.StatusMethodNotAllowed)
		return
	}
	rep := &d.plain
	if acceptsGzip(r.Header["Accept-Encoding"]) {
		rep = &d.packed
	}
	h["Cache-Control"] = shared.cacheControl
	h["Vary"] = shared.vary
	h["Etag"] = rep.etagField
	h["Last-Modified"] = rep.modified
	if d.fresh(rep, r.Header) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = rep.mediaType
	h["Content-Length"] = rep.length
	h["Accept-Ranges"] = shared.ranges
	h["X-Content-Type-Options"] = shared.nosniff
	if rep.encoding != nil {
		h["Content-Encoding"] = rep.encoding
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(rep.body) // a reader that went away is no fault of ours
	}
}

// fresh reports whether the reader's copy is rep. If-None-Match decides alone
// where it is there at all (RFC 9110 13.2.2); what cannot be understood in
// either field is no match.
func (d *Document) fresh(rep *representation, h http.Header) bool {
	if tags, ok := h["If-None-Match"]; ok {
		return matches(tags, rep.etag)
	}
	since := h["If-Modified-Since"]
	if len(since) != 1 {
		return false
	}
	if since[0] == rep.modified[0] {
		return true
	}
	t, err := http.ParseTime(since[0])
	return err == nil && !d.Modified.After(t.Truncate(time.Second))
}

// matches compares weakly (RFC 9110 8.8.3.2): W/ does not count.
func matches(fields []string, etag string) bool {
	for _, field := range fields {
		for field != "" {
			field = strings.TrimLeft(field, " \t,")
			if strings.HasPrefix(field, "*") {
				return true
			}
			field = strings.TrimPrefix(field, "W/")
			if strings.HasPrefix(field, etag) {
				return true
			}
			field = afterTag(field)
		}
	}
	return false
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

// acceptsGzip reports whether gzip is welcome at least as much as no
// encoding (RFC 9110 12.5.3).
func acceptsGzip(fields []string) bool {
	gzip, rest, identity := -1, -1, -1
	for _, field := range fields {
		for field != "" {
			var part string
			part, field, _ = strings.Cut(field, ",")
			name, params, _ := strings.Cut(part, ";")
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				gzip = max(gzip, quality(params))
			case name == "*":
				rest = quality(params)
			case strings.EqualFold(name, "identity"):
				identity = quality(params)
			}
		}
	}
	if gzip < 0 {
		gzip = rest
	}
	return gzip > 0 && gzip >= identity
}

// quality reads the weight in parameters, in thousandths. Without one it is
// 1000; what cannot be read is 0, which is the safe side.
func quality(params string) int {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1000
	}
	q, ok := strings.CutPrefix(strings.ToLower(params), "q=")
	if !ok {
		return 0
	}
	whole, fraction, _ := strings.Cut(strings.TrimSpace(q), ".")
	if whole == "1" {
		return 1000
	}
	value := 0
	for i := range 3 {
		value *= 10
		if i < len(fraction) && fraction[i] >= '0' && fraction[i] <= '9' {
			value += int(fraction[i] - '0')
		}
	}
	return value
}
