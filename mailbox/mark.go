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

// names are the messages of a Maildir that were read, each by 64 bits of a hash
// of its name.
type names struct{ read map[uint64]bool }

const namesPrefix = "maildir:"

func parseNames(mark Mark) *names {
	n := &names{read: map[uint64]bool{}}
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

func hashed(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:])
}

func (n *names) has(name string) bool { return n.read[hashed(name)] }

func (n *names) add(name string) { n.read[hashed(name)] = true }

// prune forgets messages that are no more, but only once they are most: a box
// that is empty for a moment, while a disk is mounted or a copy is made, must
// not be read twice.
func (n *names) prune(present map[string]bool) {
	const spare = 1000
	if len(n.read) <= 2*len(present)+spare {
		return
	}
	kept := map[uint64]bool{}
	for name := range present {
		if h := hashed(name); n.read[h] {
			kept[h] = true
		}
	}
	n.read = kept
}

func (n *names) mark() Mark {
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
	return Mark(namesPrefix + base64.RawURLEncoding.EncodeToString(raw))
}

// numbers are the messages of an IMAP folder that were read: all up to last,
// but for those that are to come again. The server gives messages rising
// numbers (RFC 9051 2.3.1.1) as long as validity is the same.
type numbers struct {
	validity uint32
	last     uint32
	later    []uint32 // rising
}

// mostLater bounds how many messages may wait to be read again. Past it, the
// reading stops until some could be taken: none is given up.
const mostLater = 200

func parseNumbers(mark Mark) (n numbers) {
	parts := strings.Split(string(mark), ":")
	if len(parts) != 4 || parts[0] != "imap" {
		return numbers{}
	}
	validity, err1 := strconv.ParseUint(parts[1], 10, 32)
	last, err2 := strconv.ParseUint(parts[2], 10, 32)
	if err1 != nil || err2 != nil {
		return numbers{}
	}
	n = numbers{validity: uint32(validity), last: uint32(last)}
	for text := range strings.SplitSeq(parts[3], ",") {
		if uid, err := strconv.ParseUint(text, 10, 32); err == nil && uid > 0 {
			n.later = append(n.later, uint32(uid))
		}
	}
	return n
}

func (n *numbers) mark() Mark {
	if n.validity == 0 {
		return ""
	}
	later := make([]string, len(n.later))
	for i, uid := range n.later {
		later[i] = strconv.FormatUint(uint64(uid), 10)
	}
	return Mark(fmt.Sprintf("imap:%d:%d:%s", n.validity, n.last, strings.Join(later, ",")))
}

// settle notes that a message was dealt with: taken, or left for later.
func (n *numbers) settle(uid uint32, taken bool) {
	i, waits := slices.BinarySearch(n.later, uid)
	switch {
	case taken && waits:
		n.later = slices.Delete(n.later, i, i+1)
	case !taken && !waits:
		n.later = slices.Insert(n.later, i, uid)
	}
	n.last = max(n.last, uid)
}
