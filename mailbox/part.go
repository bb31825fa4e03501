package mailbox

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// reader reads the parts of one message.
type reader struct {
	mail  *Mail
	count int
}

// entity gives the leaves below one part (RFC 2045, RFC 2046). fallback is the type of one
// that says none.
func (r *reader) entity(h textproto.Header, body io.Reader, fallback string, depth int) ([]Part, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	if r.count++; r.count > MaxParts {
		return nil, ErrTooManyParts
	}
	mediaType, params := mediaTypeOf(h.Get("Content-Type"), fallback)
	if strings.HasPrefix(mediaType, "multipart/") {
		boundary := params["boundary"]
		if depth <= maxSearchDepth {
			raw := r.all(body)
			if boundary = boundaryOf(raw, boundary); boundary == "" {
				return r.leaf(h, "text/plain", map[string]string{}, raw), nil
			}
			body = bytes.NewReader(raw)
		}
		kind := "text/plain"
		if mediaType == "multipart/digest" {
			kind = "message/rfc822"
		}
		children, err := r.children(textproto.NewMultipartReader(body, boundary), kind, depth)
		if err != nil {
			return nil, err
		}
		if mediaType == "multipart/alternative" {
			return bestAlternative(children), nil
		}
		var all []Part
		for _, c := range children {
			all = append(all, c...)
		}
		return all, nil
	}
	return r.leaf(h, mediaType, params, r.all(body)), nil
}

// maxSearchDepth is how deep a boundary is looked for: each level of that has its body in
// memory once more.
const maxSearchDepth = 3

// all reads a body, as far as it goes.
func (r *reader) all(body io.Reader) []byte {
	raw, err := io.ReadAll(body)
	r.mail.Damaged = r.mail.Damaged || err != nil
	return raw
}

// boundaryOf is the boundary that the body of a multipart has: the one that the header
// says, else the first that is there. "" where it has none.
func boundaryOf(body []byte, said string) string {
	if said != "" && (bytes.HasPrefix(body, []byte("--"+said)) || bytes.Contains(body, []byte("\n--"+said))) {
		return said
	}
	var before []byte
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, "\r\n \t")
		isField := len(line) > 8 && bytes.EqualFold(line[:8], []byte("Content-"))
		if isField && len(before) > 2 && len(before) <= 200 && bytes.HasPrefix(before, []byte("--")) {
			return string(before[2:]) // a boundary has a header behind it
		}
		before = line
	}
	return ""
}

// children reads the parts of a multipart, each with its own leaves.
func (r *reader) children(parts *textproto.MultipartReader, kind string, depth int) (all [][]Part, err error) {
	for {
		part, err := parts.NextPart()
		if err != nil {
			// io.EOF is a proper end; any other error, a truncated message.
			r.mail.Damaged = r.mail.Damaged || !errors.Is(err, io.EOF)
			return all, nil
		}
		leaves, err := r.entity(part.Header, part, kind, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, leaves)
	}
}

// bestAlternative is the last alternative that can be shown: they come in increasing
// order of preference (RFC 2046 5.1.4). Files that stand among them, as some programs
// write, are no alternatives.
func bestAlternative(alternatives [][]Part) []Part {
	chosen, rank := -1, -1
	for i, parts := range alternatives {
		this := 0
		for j := range parts {
			if parts[j].IsText() {
				this = max(this, 1)
				if parts[j].Type == "text/html" {
					this = 2
				}
			}
		}
		if this >= rank {
			chosen, rank = i, this
		}
	}
	if chosen < 0 {
		return nil
	}
	best := alternatives[chosen]
	for i, parts := range alternatives {
		for _, p := range parts {
			if i != chosen && !p.IsText() && (!strings.HasPrefix(p.Type, "text/") || p.Attached) && p.ContentID == "" {
				best = append(best, p)
			}
		}
	}
	return best
}

// leaf gives a part that has no parts, and behind it the files that stand in its text.
func (r *reader) leaf(h textproto.Header, mediaType string, params map[string]string, raw []byte) []Part {
	data, whole := decodeTransfer(h.Get("Content-Transfer-Encoding"), raw)
	r.mail.Damaged = r.mail.Damaged || !whole
	disposition, dparams := parseField(h.Get("Content-Disposition"))
	p := Part{
		Type: mediaType, ContentID: unbracketed(h.Get("Content-Id")), Data: data,
		Name:     fileName(dparams["filename"], params["name"], dparams["name"]),
		Attached: disposition == "attachment" || mediaType == "message/rfc822",
	}
	if !strings.HasPrefix(mediaType, "text/") {
		return []Part{p}
	}
	p.Data = utf8Of(data, params["charset"])
	if mediaType != "text/plain" || p.Attached {
		return []Part{p}
	}
	var files []Part
	if found, rest := cutUuencoded(p.Data); len(found) > 0 {
		p.Data = rest
		for _, f := range found {
			files = append(files, Part{Type: "application/octet-stream", Name: fileName(f.name), Attached: true, Data: f.data})
		}
	}
	if strings.EqualFold(params["format"], "flowed") {
		p.Flowed, p.Data = true, []byte(unflow(string(p.Data), strings.EqualFold(params["delsp"], "yes")))
	}
	return append([]Part{p}, files...)
}

// mediaTypeOf parses Content-Type. A missing or broken one is plain text (RFC 2045 5.2),
// or a file where it names one.
func mediaTypeOf(field, fallback string) (string, map[string]string) {
	mediaType, params := parseField(field)
	if strings.Contains(mediaType, "/") && !strings.ContainsAny(mediaType, " \t\r\n\"") && utf8.ValidString(mediaType) {
		return mediaType, params
	}
	if params["name"] != "" {
		return "application/octet-stream", params
	}
	return fallback, params
}

// fileName is the first given name, decoded and without a path.
func fileName(names ...string) string {
	for _, name := range names {
		name = strings.ReplaceAll(decodeWords(name), `\`, "/")
		name = strings.Join(strings.Fields(path.Base("/"+name)), " ")
		if name != "" && name != "/" && name != "." && name != ".." {
			return name
		}
	}
	return ""
}
