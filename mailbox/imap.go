package mailbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// imapBox is a folder of an IMAP server (RFC 3501, RFC 9051). It is opened by
// EXAMINE and read with PEEK, so that not even a flag changes.
type imapBox struct {
	host, port   string
	user, folder string
	startTLS     bool // STARTTLS
	opt          Options
}

func openIMAP(u *url.URL, opt Options) (Box, error) {
	b := &imapBox{host: u.Hostname(), port: u.Port(), startTLS: u.Scheme == "imap", folder: strings.Trim(u.Path, "/"), opt: opt}
	if u.User != nil {
		b.user = u.User.Username()
	}
	if b.host == "" || b.user == "" {
		return nil, fmt.Errorf("open mailbox: %q names no user or no server: write imaps://USER@HOST", u.Redacted())
	}
	b.folder = cmp.Or(b.folder, "INBOX")
	switch {
	case b.port != "":
	case b.startTLS:
		b.port = "143"
	default:
		b.port = "993"
	}
	return b, nil
}

func (b *imapBox) Each(ctx context.Context, since Cursor, take func(context.Context, *Message) error) (Cursor, error) {
	read := parseNumbers(since)
	client, err := b.connect(ctx)
	if err != nil {
		return since, b.wrapError(ctx, err)
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	folder, err := client.Select(b.folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return since, b.wrapError(ctx, fmt.Errorf("open folder %q: %w", b.folder, err))
	}
	if read.validity != folder.UIDValidity {
		read = readUIDs{validity: folder.UIDValidity}
	}
	v := visit{box: b, client: client, read: &read, take: take}
	if err := v.readAll(ctx, uint32(folder.UIDNext)); err != nil {
		return read.mark(), b.wrapError(ctx, err)
	}
	_ = client.Logout().Wait() // all is read: how the server takes leave changes nothing
	return read.mark(), nil
}

// wrapError adds the mailbox to an error, except to one of take.
func (b *imapBox) wrapError(ctx context.Context, err error) error {
	if taker := (*takeError)(nil); errors.As(err, &taker) {
		return taker.err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("read mailbox of %s at %s: %w", b.user, b.host, err)
}

// takeError carries an error of take.
type takeError struct{ err error }

func (e *takeError) Error() string { return e.err.Error() }

// visit is one read of the folder.
type visit struct {
	box    *imapBox
	client *imapclient.Client
	read   *readUIDs
	take   func(context.Context, *Message) error
}

// maxBatch and maxBatchBytes limit what one command fetches, and so the memory.
const (
	maxBatch      = 50
	maxBatchBytes = 8 << 20
)

// readAll reads the messages that were left for later and the new ones. next is the
// UIDNEXT of the folder when it was opened, 0 where the server did not say.
func (v *visit) readAll(ctx context.Context, next uint32) error {
	sizes, err := v.sizes(next)
	if err != nil {
		return err
	}
	for len(sizes) > 0 {
		n, total := 1, sizes[0].bytes
		for n < len(sizes) && n < maxBatch && total+sizes[n].bytes <= maxBatchBytes {
			total += sizes[n].bytes
			n++
		}
		if err := v.batch(ctx, sizes[:n]); err != nil {
			return err
		}
		sizes = sizes[n:]
	}
	if next > 0 {
		v.read.last = max(v.read.last, next-1) // those between were deleted
	}
	return nil
}

// size is the UID of a message, with how much of it will be read.
type size struct {
	uid   imap.UID
	bytes int64
}

// sizes lists the messages to read, by rising UID.
func (v *visit) sizes(next uint32) ([]size, error) {
	var wanted imap.UIDSet
	for _, uid := range v.read.later {
		wanted.AddNum(imap.UID(uid))
	}
	if next == 0 || next > v.read.last+1 {
		wanted.AddRange(imap.UID(v.read.last+1), 0)
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	fetched, err := v.client.Fetch(wanted, &imap.FetchOptions{UID: true, RFC822Size: true, Flags: true}).Collect()
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	var sizes []size
	present := map[uint32]bool{}
	for _, m := range fetched {
		uid := uint32(m.UID)
		waits := slices.Contains(v.read.later, uid)
		present[uid] = true
		// "last:*" always has the last message, though it be older (RFC 9051 9, seq-range).
		if (waits || uid > v.read.last) && !slices.Contains(m.Flags, imap.FlagDeleted) {
			sizes = append(sizes, size{m.UID, min(m.RFC822Size, v.box.opt.MaxBytes)})
		}
	}
	v.read.later = slices.DeleteFunc(v.read.later, func(uid uint32) bool { return !present[uid] })
	slices.SortFunc(sizes, func(a, b size) int { return int(int64(a.uid) - int64(b.uid)) })
	return sizes, nil
}

// batch fetches some messages and gives them to take.
func (v *visit) batch(ctx context.Context, sizes []size) error {
	body := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: v.box.opt.MaxBytes}}
	var wanted imap.UIDSet
	for _, s := range sizes {
		wanted.AddNum(s.uid)
	}
	messages, err := collect(v.client.Fetch(wanted, &imap.FetchOptions{
		UID: true, RFC822Size: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{body},
	}))
	// Messages that came before the connection broke are taken.
	slices.SortFunc(messages, func(a, b fetched) int { return cmp.Compare(a.uid, b.uid) })
	for _, m := range messages {
		if !slices.ContainsFunc(sizes, func(s size) bool { return s.uid == m.uid }) {
			continue // a server may tell of others unasked
		}
		m.Name = fmt.Sprintf("%d.%d", v.read.validity, m.uid)
		m.Size = max(m.Size, int64(len(m.Raw)))
		if err := v.takeOne(ctx, &m.Message, uint32(m.uid)); err != nil {
			return err
		}
	}
	if err != nil {
		return fmt.Errorf("fetch messages: %w", err)
	}
	return nil
}

// fetched is a message with its UID.
type fetched struct {
	Message
	uid imap.UID
}

// collect gives the messages that came complete. go-imap's own Collect takes a
// truncated one for complete, and reads on concurrently with its decoder where the
// connection breaks. Here nothing is read after an error, not even to close the
// command, and the client must be closed.
func collect(command *imapclient.FetchCommand) (all []fetched, err error) {
	for m := command.Next(); m != nil; m = command.Next() {
		var f fetched
		for item := m.Next(); item != nil; item = m.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				f.uid = item.UID
			case imapclient.FetchItemDataRFC822Size:
				f.Size = item.Size
			case imapclient.FetchItemDataInternalDate:
				f.Arrived = item.Time
			case imapclient.FetchItemDataBodySection:
				if f.Raw, err = readLiteral(item.Literal); err != nil {
					return all, err
				}
			}
		}
		if f.uid > 0 && f.Raw != nil {
			all = append(all, f)
		}
	}
	return all, command.Close()
}

// readLiteral reads a literal to its announced end.
func readLiteral(literal imap.LiteralReader) ([]byte, error) {
	if literal == nil {
		return nil, nil
	}
	raw, err := io.ReadAll(literal)
	if err == nil && int64(len(raw)) < literal.Size() {
		err = io.ErrUnexpectedEOF
	}
	return raw, err
}

func (v *visit) takeOne(ctx context.Context, m *Message, uid uint32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := v.take(ctx, m)
	if err != nil && !errors.Is(err, ErrLater) {
		return &takeError{err}
	}
	if v.read.record(uid, err == nil); len(v.read.later) > maxLater {
		return fmt.Errorf("%d messages wait to be read later: %w", len(v.read.later), ErrLater)
	}
	return nil
}
