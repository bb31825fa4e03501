package mailbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// readNames are the messages of a Maildir that were read, each by 64 bits of a hash
// of its name.
type readNames struct{ read map[uint64]bool }

const namesPrefix = "maildir:"

func parseNames(mark Cursor) *readNames {
	n := &readNames{read: map[uint64]bool{}}
	text, ok := strings.CutPrefix(string(mark), namesPrefix)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil || len(raw)%8 != 0 {
		return n
	}
	for ; len(raw) > 0; raw = raw[8:] {
		n.read[binary.BigEndian.Uint64(raw)] = true
	}
	return n
}

func hashName(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:])
}

func (n *readNames) has(name string) bool { return n.read[hashName(name)] }

func (n *readNames) add(name string) { n.read[hashName(name)] = true }

// prune forgets messages that are gone, but only once they are the majority: a
// mailbox that is briefly empty, while a disk is mounted or a copy is made, must not
// be read twice.
func (n *readNames) prune(present map[string]bool) {
	const spare = 1000
	if len(n.read) <= 2*len(present)+spare {
		return
	}
	kept := map[uint64]bool{}
	for name := range present {
		if h := hashName(name); n.read[h] {
			kept[h] = true
		}
	}
	n.read = kept
}

func (n *readNames) mark() Cursor {
	if len(n.read) == 0 {
		return ""
	}
	hashes := make([]uint64, 0, len(n.read))
	for h := range n.read {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes) // the same messages, the same mark
	raw := make([]byte, 0, 8*len(hashes))
	for _, h := range hashes {
		raw = binary.BigEndian.AppendUint64(raw, h)
	}
	return Cursor(namesPrefix + base64.RawURLEncoding.EncodeToString(raw))
}

// readUIDs are the messages of an IMAP folder that were read: all up to last except
// those in later. UIDs rise (RFC 9051 2.3.1.1) as long as the UIDVALIDITY is the same.
type readUIDs struct {
	validity uint32
	last     uint32
	later    []uint32 // rising
}

// maxLater is how many messages may be left for later. Beyond that the reading stops
// until some could be taken: none is given up.
const maxLater = 200

func parseNumbers(mark Cursor) (n readUIDs) {
	parts := strings.Split(string(mark), ":")
	if len(parts) != 4 || parts[0] != "imap" {
		return readUIDs{}
	}
	validity, err1 := strconv.ParseUint(parts[1], 10, 32)
	last, err2 := strconv.ParseUint(parts[2], 10, 32)
	if err1 != nil || err2 != nil {
		return readUIDs{}
	}
	n = readUIDs{validity: uint32(validity), last: uint32(last)}
	for text := range strings.SplitSeq(parts[3], ",") {
		if uid, err := strconv.ParseUint(text, 10, 32); err == nil && uid > 0 {
			n.later = append(n.later, uint32(uid))
		}
	}
	return n
}

func (n *readUIDs) mark() Cursor {
	if n.validity == 0 {
		return ""
	}
	later := make([]string, len(n.later))
	for i, uid := range n.later {
		later[i] = strconv.FormatUint(uint64(uid), 10)
	}
	return Cursor(fmt.Sprintf("imap:%d:%d:%s", n.validity, n.last, strings.Join(later, ",")))
}

// record notes that a message was taken or left for later.
func (n *readUIDs) record(uid uint32, taken bool) {
	i, waits := slices.BinarySearch(n.later, uid)
	switch {
	case taken && waits:
		n.later = slices.Delete(n.later, i, i+1)
	case !taken && !waits:
		n.later = slices.Insert(n.later, i, uid)
	}
	n.last = max(n.last, uid)
}
