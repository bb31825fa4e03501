package feed

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"
)

// Document is the finished bytes of one address and what HTTP says of them.
// It never changes: a new version is a new Document.
type Document struct {
	Body, Gzip []byte
	ETag       string    // strong, of Body; that of Gzip ends in -gz
	Modified   time.Time // to the second, as HTTP tells it
	MediaType  string

	plain, packed representation
}

// representation is one encoding with its header fields. The values are
// shared by all answers: whoever adds to them must copy.
type representation struct {
	body []byte
	etag string

	mediaType, etagField, modified, length, encoding []string
}

// NewDocument compresses and hashes body. The validators depend on nothing but
// the arguments, so they outlive a restart and are the same on every node.
func NewDocument(body []byte, mediaType string, modified time.Time) *Document {
	sum := sha256.Sum256(body)
	hash := base64.RawURLEncoding.EncodeToString(sum[:16])
	d := &Document{
		Body:      body,
		Gzip:      compress(body),
		ETag:      `"` + hash + `"`,
		Modified:  modified.UTC().Truncate(time.Second),
		MediaType: mediaType,
	}
	d.plain = d.represent(d.Body, d.ETag, nil)
	d.packed = d.represent(d.Gzip, `"`+hash+`-gz"`, []string{"gzip"})
	return d
}

func (d *Document) represent(body []byte, etag string, encoding []string) representation {
	return representation{
		body:      body,
		etag:      etag,
		mediaType: []string{d.MediaType},
		etagField: []string{etag},
		modified:  []string{d.Modified.Format(http.TimeFormat)},
		length:    []string{strconv.Itoa(len(body))},
		encoding:  encoding,
	}
}

func compress(body []byte) []byte {
	var w bytes.Buffer
	// Neither the level (a constant that is valid) nor the buffer can fail.
	z, _ := gzip.NewWriterLevel(&w, gzip.BestCompression)
	_, _ = z.Write(body)
	_ = z.Close()
	return w.Bytes()
}
