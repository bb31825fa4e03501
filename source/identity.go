package source

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"bantin/place"
)

const idLength = 80

// NewID makes the readable id of a bulletin from its key: of a file, the source and
// path; of an address, the host and the number or last part of the path. The same
// key always gives the same id. Two keys may give the same, and the second then
// gets a number as a suffix.
func NewID(key string) string {
	var id string
	if raw, ok := strings.CutPrefix(key, "url:"); ok {
		id = slug(addressName(raw))
	} else {
		name := strings.TrimPrefix(key, "file:")
		id = slug(strings.TrimSuffix(name, path.Ext(name)))
	}
	if len(id) <= idLength && id != "" {
		return id
	}
	// A name that is cut off or has no Latin letter is told apart by its hash.
	sum := sha256.Sum256([]byte(key))
	tail := hex.EncodeToString(sum[:4])
	return strings.Trim(id[:min(len(id), idLength-len(tail)-1)]+"-"+tail, "-")
}

// addressName is what stands for an address in an id.
func addressName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	host := strings.TrimPrefix(u.Hostname(), "www.")
	query := u.Query()
	if sid := query.Get("sid"); sid != "" {
		return host + " " + sid
	}
	last := path.Base(u.Path)
	name := host + " " + strings.TrimSuffix(last, path.Ext(last))
	for _, pair := range strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' }) {
		_, value, _ := strings.Cut(pair, "=")
		name += " " + value
	}
	return name + " " + u.Fragment
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(text string) string {
	return strings.Trim(notSlug.ReplaceAllString(place.Fold(text), "-"), "-")
}

// FeedID makes the permanent id of the bulletin in all feeds: a UUID of the key
// (RFC 9562 5.5, version 5) in a namespace of bantin's own.
func FeedID(key string) string {
	namespace := uuid.NewSHA1(uuid.NameSpaceDNS, []byte("bulletins.bantin"))
	return "urn:uuid:" + uuid.NewSHA1(namespace, []byte(key)).String()
}
