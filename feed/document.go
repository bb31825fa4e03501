package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Head is what a document says of itself in HTTP.
type Head struct {
	MediaType    string
	Modified     time.Time
	CacheControl string   // "": fresh for five minutes
	Self         string   // absolute URL, for a Link of rel=self; "": none
	Hubs         []string // absolute URLs, for Links of rel=hub
	AnyOrigin    bool     // scripts of other sites may read it
}

// Document is the finished bytes of one address and what HTTP says of them.
// A new version is a new Document; what one can gain is packed copies.
type Document struct {
	Body, Gzip []byte    // Gzip is nil of one in Passing
	ETag       string    // strong, of Body; those of other codings end in -gz, -zst and -br
	Modified   time.Time // to the second, as HTTP tells it
	MediaType  string

	head    headerFields
	copies  atomic.Pointer[[]representation] // the smallest first
	packing sync.Mutex                       // held by who changes copies
}

// representation is the document in one coding, without a body while that is not packed
// yet. The header values are shared by all answers: code that adds to them must copy.
type representation struct {
	coding                  coding
	body                    []byte
	etag                    string
	etagField, length, name []string
}

// NewDocument makes a document that is fresh for five minutes.
func NewDocument(body []byte, mediaType string, modified time.Time) *Document {
	return Head{MediaType: mediaType, Modified: modified}.Document(body)
}

// Document hashes body and compresses it with gzip. The tag depends on nothing
// but the body, so it outlives a restart and is the same on every node.
func (h Head) Document(body []byte) *Document {
	d := h.plain(body)
	d.Gzip = gzipped(body)
	d.copies.Store(&[]representation{d.represent(gzipCoding, d.Gzip), d.represent(plainCoding, body)})
	return d
}

// Passing makes a document that is made for a request and wanted by few: it is packed when
// a reader first takes it packed, quickly, and not at all for those who have it.
func (h Head) Passing(body []byte) *Document {
	d := h.plain(body)
	d.copies.Store(&[]representation{d.represent(gzipCoding, nil), d.represent(plainCoding, body)})
	return d
}

// plain is a document without copies.
func (h Head) plain(body []byte) *Document {
	sum := sha256.Sum256(body)
	d := &Document{
		Body:      body,
		ETag:      `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`,
		Modified:  h.Modified.UTC().Truncate(time.Second),
		MediaType: h.MediaType,
	}
	d.head = h.fields(d.Modified)
	return d
}

// packed is the gzip copy, made where there is none.
func (d *Document) packed() *representation {
	d.packing.Lock()
	defer d.packing.Unlock()
	copies := slices.Clone(*d.copies.Load())
	i := slices.IndexFunc(copies, func(r representation) bool { return r.coding == gzipCoding })
	if copies[i].body == nil {
		copies[i] = d.represent(gzipCoding, quicklyGzipped(d.Body))
		d.copies.Store(&copies)
	}
	return &copies[i]
}

// Is reports whether the document says just this, in HTTP too: a reader that has it
// needs no other, and need not pack it again.
func (d *Document) Is(body []byte, h Head) bool {
	return bytes.Equal(d.Body, body) && reflect.DeepEqual(d.head, h.fields(h.Modified.UTC().Truncate(time.Second)))
}

func (d *Document) represent(c coding, body []byte) representation {
	r := representation{coding: c, body: body, etag: d.ETag}
	if name := c.name(); name != "" {
		r.etag = strings.TrimSuffix(d.ETag, `"`) + "-" + c.suffix() + `"`
		r.name = []string{name}
	}
	r.etagField, r.length = []string{r.etag}, []string{strconv.Itoa(len(body))}
	return r
}

// Compress adds the Brotli and zstd copies, which take too long (a third of a second for
// 200 KB) to wait for. Answers under way and all tags stay as they are. It may
// be called while the document is served; a second call does nothing.
func (d *Document) Compress() {
	if d.isCompressed() {
		return
	}
	d.packed()
	br, zst := d.represent(brotliCoding, brotlied(d.Body)), d.represent(zstdCoding, zstded(d.Body))
	d.packing.Lock()
	defer d.packing.Unlock()
	if d.isCompressed() { // by another call meanwhile
		return
	}
	copies := append(slices.Clone(*d.copies.Load()), br, zst)
	slices.SortStableFunc(copies, func(a, b representation) int { return len(a.body) - len(b.body) })
	d.copies.Store(&copies)
}

func (d *Document) isCompressed() bool { return len(*d.copies.Load()) > 2 }

// Copies gives the packed copies by the extension that static servers look
// for: "gz", and after CompressQueued "br" and "zst".
func (d *Document) Copies() map[string][]byte {
	packed := map[string][]byte{}
	for _, r := range *d.copies.Load() {
		if r.coding != plainCoding && r.body != nil {
			packed[r.coding.extension()] = r.body
		}
	}
	return packed
}

// headerFields are header values that every answer shares.
type headerFields struct {
	mediaType, modified, cacheControl, link []string
	anyOrigin                               bool
}

func (h Head) fields(modified time.Time) headerFields {
	f := headerFields{
		mediaType:    []string{h.MediaType},
		modified:     []string{modified.Format(http.TimeFormat)},
		cacheControl: []string{h.CacheControl},
		anyOrigin:    h.AnyOrigin,
	}
	if h.CacheControl == "" {
		f.cacheControl = []string{SubscriptionCaching}
	}
	var links []string
	for _, hub := range h.Hubs { // the W3C asks for hub and self in one place (WebSub 4)
		links = append(links, "<"+hub+`>; rel="hub"`)
	}
	if h.Self != "" {
		links = append(links, "<"+h.Self+`>; rel="self"`)
	}
	if links != nil {
		f.link = []string{strings.Join(links, ", ")}
	}
	return f
}

// How long caches may answer without asking. A subscription document is fresh
// for the time that its ttl says; an archive is asked for each time, as it
// changes seldom and then at once (RFC 5005 4: archives may be revised).
const (
	SubscriptionCaching = "public, max-age=300, stale-while-revalidate=600"
	ArchiveCaching      = "public, no-cache"
)
