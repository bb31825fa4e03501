package mailbox

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"path"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// reader reads the parts of one message.
type reader struct {
	mail  *Mail
	count int
}

// entity gives the leaves below one part (RFC 2045, RFC 2046).
func (r *reader) entity(h textproto.Header, body io.Reader, depth int) ([]Part, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	if r.count++; r.count > MaxParts {
		return nil, ErrTooManyParts
	}
	mediaType, params := mediaTypeOf(h.Get("Content-Type"))
	if boundary := params["boundary"]; boundary != "" && strings.HasPrefix(mediaType, "multipart/") {
		children, err := r.children(textproto.NewMultipartReader(body, boundary), depth)
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
	part, err := r.leaf(h, mediaType, params, body)
	return []Part{part}, err
}

// children reads the parts of a multipart, each with its own leaves.
func (r *reader) children(parts *textproto.MultipartReader, depth int) (all [][]Part, err error) {
	for {
		part, err := parts.NextPart()
		if err != nil {
			// io.EOF is a proper end; any other error, a truncated message.
			r.mail.Damaged = r.mail.Damaged || !errors.Is(err, io.EOF)
			return all, nil
		}
		leaves, err := r.entity(part.Header, part, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, leaves)
	}
}

// bestAlternative is the last alternative that can be shown: they come in increasing
// order of preference (RFC 2046 5.1.4).
func bestAlternative(alternatives [][]Part) []Part {
	var chosen []Part
	rank := -1
	for _, parts := range alternatives {
		this := 0
		for i := range parts {
			if parts[i].IsText() {
				this = max(this, 1)
				if parts[i].Type == "text/html" {
					this = 2
				}
			}
		}
		if this >= rank {
			chosen, rank = parts, this
		}
	}
	return chosen
}

func (r *reader) leaf(h textproto.Header, mediaType string, params map[string]string, body io.Reader) (Part, error) {
	data, err := io.ReadAll(decodedTransfer(h.Get("Content-Transfer-Encoding"), body))
	if err != nil {
		r.mail.Damaged = true // keep what was read
	}
	disposition, dparams, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil && dparams == nil {
		dparams = map[string]string{}
	}
	p := Part{
		Type: mediaType, ContentID: unbracketed(h.Get("Content-Id")), Data: data,
		Name:     fileName(dparams["filename"], params["name"]),
		Attached: strings.EqualFold(disposition, "attachment") || mediaType == "message/rfc822",
	}
	if strings.HasPrefix(mediaType, "text/") {
		p.Data = utf8Of(data, params["charset"])
	}
	return p, nil
}

// mediaTypeOf parses Content-Type. A missing or broken one is plain text (RFC 2045
// 5.2).
func mediaTypeOf(field string) (string, map[string]string) {
	mediaType, params, err := mime.ParseMediaType(field)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) || !strings.Contains(mediaType, "/") {
		return "text/plain", map[string]string{}
	}
	if params == nil {
		params = map[string]string{}
	}
	return mediaType, params
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

// decodedTransfer decodes a transfer encoding (RFC 2045 6). An unknown one is passed
// through.
func decodedTransfer(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &base64Filter{r: bufio.NewReader(body)})
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// base64Filter passes on the characters of Base64 only, as decoders must (RFC 2045
// 6.8).
type base64Filter struct{ r *bufio.Reader }

func (a *base64Filter) Read(p []byte) (int, error) {
	for {
		n, err := a.r.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || bytes.IndexByte([]byte("+/="), c) >= 0 {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil {
			return len(kept), err
		}
	}
}
