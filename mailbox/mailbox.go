// Package mailbox reads mail that comes in: from an IMAP server, or from a
// Maildir on this machine. It serves whoever wants each message once: the
// source of bulletins, the reader of bounces.
//
// A box is read and never changed. No flag is set, nothing is moved or deleted,
// so that people and other programs can use the same box, and what is none of
// ours is left alone. What was read is remembered by the caller, as a [Mark]
// that he keeps with what he made of the messages:
//
//	box, err := mailbox.Open("imaps://tra-lai@imap.example.org", mailbox.Options{Password: password})
//	…
//	mark, err = box.Each(ctx, mark, func(ctx context.Context, m *mailbox.Message) error {
//		return keep(m.Raw) // durable before it returns
//	})
//	// keep mark now, whether or not there was an error
//
// Whatever breaks, and whenever, no message is lost, and only those since the
// last mark that was kept come again: under the same Message.ID.
//
// [Read] takes a message apart, and [Mail.Signed] makes sure who wrote it.
package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Box is a mailbox. It holds no connection: each call of Each makes its own.
type Box interface {
	// Each calls take for each message that since does not know, in the order
	// of arrival, and gives the mark of all that were taken. take must have made
	// durable what it wants to keep before it returns nil. Where it returns
	// [ErrLater], that message will come again the next time, and the rest goes
	// on; any other error ends the reading and is returned as it is. The mark is
	// good beside any error: it knows what was taken before.
	//
	// Messages that somebody marked as deleted are passed over. One that
	// vanishes while the box is read is passed over too.
	Each(ctx context.Context, since Mark, take func(context.Context, *Message) error) (Mark, error)
}

// Mark says which messages of a box were read. The zero Mark is of none. A mark
// of another box, or of one that the server numbered anew, counts as zero. It is
// one line of ASCII: for IMAP some bytes, for a Maildir eleven bytes a message.
type Mark string

// ErrLater says that a message cannot be taken yet and is to come again.
var ErrLater = errors.New("the message is to be read later")

// Message is one message of a box.
type Message struct {
	Name    string    // what the box calls it, for logs
	Arrived time.Time // in this box; zero: not known
	Size    int64     // bytes of the whole message
	Raw     []byte    // the message, its first Options.MaxBytes bytes
}

// Cut reports whether the message is larger than Raw.
func (m *Message) Cut() bool { return m.Size > int64(len(m.Raw)) }

// ID is the same whenever and from wherever this message is read: a hash of its
// content, without the difference between line ends.
func (m *Message) ID() string {
	sum := sha256.Sum256(bytes.ReplaceAll(m.Raw, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(sum[:16])
}

// Options say how a box is opened. The zero Options are usable but for IMAP,
// which wants a password.
type Options struct {
	Password string
	TLS      *tls.Config   // nil: the system's authorities
	MaxBytes int64         // what is read of a message; 0: 32 MB
	Timeout  time.Duration // for a connection and for log-in; 0: 30 s
}

const usualMaxBytes = 32 << 20

// Open gives the box at an address: imaps://USER@HOST[:PORT][/FOLDER],
// imap:// for a connection that STARTTLS makes secret before the password is
// sent, or maildir:PATH. FOLDER is INBOX where it is absent. A box that is not
// there is found out by Each, because it may come later.
func Open(address string, opt Options) (Box, error) {
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = usualMaxBytes
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

// redacted takes a password out of an address that may have one.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "it"
	}
	return u.Redacted()
}
