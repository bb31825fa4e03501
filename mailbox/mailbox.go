// Package mailbox reads incoming mail from an IMAP server or a Maildir, each message
// once: for the source of bulletins and for the reader of bounces.
//
// A mailbox is read and never changed. No flag is set and nothing is moved or
// deleted, so that people and other programs can use it too. What was read is a
// [Cursor], which the caller stores together with the results:
//
//	box, err := mailbox.Open("imaps://tra-lai@imap.example.org", mailbox.Options{Password: password})
//	…
//	mark, err = box.Each(ctx, mark, func(ctx context.Context, m *mailbox.Message) error {
//		return keep(m.Raw) // durable before it returns
//	})
//	// keep mark now, whether or not there was an error
//
// After any failure no message is lost. Only messages since the last stored mark come
// again, under the same Message.ID.
//
// [Read] parses a message, and [Mail.VerifySender] verifies who wrote it.
package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Box is a mailbox. It holds no connection: each call of Each makes its own.
type Box interface {
	// Each calls take for each message that is not in since, in the order of
	// arrival, and gives the mark of all that were taken. take must make its
	// results durable before it returns nil. A message for which it returns
	// [ErrLater] comes again the next time, and the reading goes on; any other
	// error ends the reading and is returned unchanged. The mark is valid beside
	// any error: it has what was taken before.
	//
	// Messages that are marked as deleted, or vanish meanwhile, are skipped.
	Each(ctx context.Context, since Cursor, take func(context.Context, *Message) error) (Cursor, error)
}

// Cursor says which messages of a mailbox were read; the zero Cursor, none. A mark of
// another mailbox, or of one with a new UIDVALIDITY, counts as zero. It is one line
// of ASCII: some bytes for IMAP, eleven bytes a message for a Maildir.
type Cursor string

// ErrLater says that a message cannot be taken yet and must come again.
var ErrLater = errors.New("the message is to be read later")

// Message is one message of a mailbox.
type Message struct {
	Name    string    // what the box calls it, for logs
	Arrived time.Time // in this box; zero: not known
	Size    int64     // bytes of the whole message
	Raw     []byte    // the message, its first Options.MaxBytes bytes
}

// IsTruncated reports whether the message is larger than Raw.
func (m *Message) IsTruncated() bool { return m.Size > int64(len(m.Raw)) }

// ID identifies the message wherever it is read: a hash of its content that ignores
// the kind of line ends.
func (m *Message) ID() string {
	sum := sha256.Sum256(bytes.ReplaceAll(m.Raw, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(sum[:16])
}

// Options say how a mailbox is opened. The zero Options are usable, except for IMAP,
// which needs a password.
type Options struct {
	Password string
	TLS      *tls.Config   // nil: the authorities of the system
	MaxBytes int64         // that are read of a message; 0: 32 MB
	Timeout  time.Duration // for a connection and for log-in; 0: 30 s
	Resolver *net.Resolver // finds the server; nil: that of the system
}

const defaultMaxBytes = 32 << 20

// Open opens the mailbox at an address: imaps://USER@HOST[:PORT][/FOLDER], imap:// for
// STARTTLS, or maildir:PATH. FOLDER is INBOX by default. That a mailbox is missing is
// an error of Each, because it may come later.
func Open(address string, opt Options) (Box, error) {
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = defaultMaxBytes
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 30 * time.Second
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open mailbox: %q is no address", redacted(address))
	}
	switch u.Scheme {
	case "maildir":
		if path := u.Path + u.Opaque; path != "" && u.Host == "" {
			return &maildir{path: path, maxBytes: opt.MaxBytes}, nil
		}
		return nil, fmt.Errorf("open mailbox: %q names no folder: write maildir:/PATH", address)
	case "imap", "imaps":
		return openIMAP(u, opt)
	}
	return nil, fmt.Errorf("open mailbox: %q does not begin with imaps:, imap: or maildir", redacted(address))
}

// redacted removes the password from an address.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "it"
	}
	return u.Redacted()
}
