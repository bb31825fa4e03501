package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"bantin"
)

// Notices is the queue of messages outside editions: confirmations, links,
// goodbyes, reports to the admin. Claim, Renew and StoreResult lease one to a
// node under a fencing token; DueReports, ReportEdition and ReportDueTime queue
// reports. The others are queued by what they are about: see Contacts.
type Notices struct{ db *DB }

// Notices gives the view of the notices.
func (db *DB) Notices() Notices { return Notices{db} }

// NoticeKind says what a notice is for.
type NoticeKind string

// The kinds of notices: what pages set in motion, and reports.
const (
	NoticeConfirm        NoticeKind = "confirm" // one step is left of a sign-up
	NoticeWelcome        NoticeKind = "welcome" // they confirmed it: the last edition
	NoticeLink           NoticeKind = "link"    // a fresh link to their data
	NoticeAddressChange  NoticeKind = "move"    // to a new address: is it theirs?
	NoticeAddressChanged NoticeKind = "moved"   // to the old address: it was changed
	NoticeGoodbye        NoticeKind = "goodbye" // they left on the page
	NoticeHowToLeave     NoticeKind = "leave"   // they answered a digest and asked for no more
	NoticeReport         NoticeKind = "report"  // to the admin: how an edition went
	NoticeTrouble        NoticeKind = "trouble" // to the admin: something needs them, or is over
	NoticeSignIn         NoticeKind = "sign_in" // to the office: a link to its pages
)

// Notice is one message outside editions. Of a kind and a nonce there is one
// for ever, under one Message-ID.
type Notice struct {
	Kind     NoticeKind
	Nonce    string
	Address  string
	Language bantin.Language
	About    NoticeAbout

	NotBefore  time.Time // when it may go; zero: at once
	Attempts   int
	Suppressed bool // the address must not be mailed
	n, fence   int64
}

// NoticeAbout is what a notice is made of. Nothing that a stranger typed
// belongs here.
type NoticeAbout struct {
	Expires    time.Time `json:"expires,omitzero"` // of the link in it
	ContactKey string    `json:"contact_key,omitempty"`
	Link       string    `json:"link,omitempty"` // nonce of a link to sign in
	Digest     string    `json:"digest,omitempty"`
	Titles     []string  `json:"titles,omitempty"` // of digests; in a goodbye none: all
	Report     *Report   `json:"report,omitempty"`

	Welcome []WelcomeDigest `json:"welcome,omitempty"`

	Trouble *bantin.Trouble `json:"trouble,omitempty"`
}

// addNotice queues a message; one that was queued once is not queued again.
func (db *DB) addNotice(ctx context.Context, tx *sql.Tx, n Notice) error {
	return db.addNoticeAs(ctx, tx, n, bantin.DeliveryQueued)
}

// addNoticeAs is addNotice with the state that it begins in.
func (db *DB) addNoticeAs(ctx context.Context, tx *sql.Tx, n Notice, status bantin.DeliveryStatus) error {
	about, err := json.Marshal(n.About)
	if err != nil {
		return err
	}
	now := millis(db.now())
	_, err = tx.ExecContext(ctx, `INSERT INTO notices (kind, nonce, address, address_key, language, about, status, next_attempt, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (kind, nonce) DO NOTHING`,
		n.Kind, n.Nonce, n.Address, bantin.AddressKey(n.Address), n.Language, string(about), status, max(now, millis(n.NotBefore)), now)
	return err
}

// Claim gives the owner the notice that is due longest, for the time of
// the lease; none while all mailing is held. Claiming raises the fence: the result of an earlier claim is
// refused from then on.
func (v Notices) Claim(ctx context.Context, owner string, lease time.Duration) (n Notice, ok bool, err error) {
	due, err := v.IsDue(ctx)
	if err != nil || !due {
		return n, false, err
	}
	err = v.db.write(ctx, "claim notice", func(tx *sql.Tx) error {
		n = Notice{}
		err := tx.QueryRowContext(ctx, `UPDATE notices SET owner = $1, lease = `+v.db.clock()+` + $2, fence = fence + 1
			WHERE n = (SELECT n FROM notices WHERE status IN ('queued', 'deferred') AND next_attempt <= $3 AND lease <= `+v.db.clock()+`
				AND `+mailNotHeldSQL+`
				ORDER BY next_attempt, n LIMIT 1)
			RETURNING n, fence, kind, nonce, address, language, about, attempts,
				(SELECT COUNT(*) FROM suppressions x WHERE x.address_key = notices.address_key) > 0`,
			owner, lease.Milliseconds(), millis(v.db.now())).
			Scan(&n.n, &n.fence, &n.Kind, &n.Nonce, &n.Address, &n.Language, asJSON(&n.About), &n.Attempts, &n.Suppressed)
		ok, err = found(err)
		return err
	})
	return n, ok && err == nil, err
}

// IsDue reports whether there is a notice to claim. It writes nothing: senders look each
// second.
func (v Notices) IsDue(ctx context.Context) (due bool, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM notices
		WHERE status IN ('queued', 'deferred') AND next_attempt <= $1 AND lease <= `+v.db.clock()+`)
		AND `+mailNotHeldSQL, millis(v.db.now())).Scan(&due)
	return due, wrap(explain(err), "look for notices")
}

// Renew lengthens the claim of a notice while it is sent; ok is false
// where another has it now.
func (v Notices) Renew(ctx context.Context, n Notice, lease time.Duration) (ok bool, err error) {
	err = v.db.inTx(ctx, "renew a notice", func(tx *sql.Tx) error {
		rows, err := execCount(ctx, tx, `UPDATE notices SET lease = `+v.db.clock()+` + $1 WHERE n = $2 AND fence = $3`, lease.Milliseconds(), n.n, n.fence)
		ok = rows == 1
		return err
	})
	return ok && err == nil, err
}

// StoreResult stores what became of a claimed notice; false where it has been
// claimed anew since. Chunk and Contact of the result are not looked at.
func (v Notices) StoreResult(ctx context.Context, n Notice, r DeliveryResult) (taken bool, err error) {
	attempts := n.Attempts
	if r.Attempted {
		attempts++
	}
	err = v.db.write(ctx, "settle notice", func(tx *sql.Tx) error {
		rows, err := execCount(ctx, tx, `UPDATE notices SET status = $1, attempts = $2, next_attempt = $3, reply = $4, updated_at = $5, lease = 0
			WHERE n = $6 AND fence = $7`, r.Status, attempts, millis(r.NextAttempt), r.Reply, millis(v.db.now()), n.n, n.fence)
		taken = rows == 1
		return err
	})
	return taken, err
}

// noticeRetention is how long what pages set in motion is kept once it is settled.
const noticeRetention = 30 * 24 * time.Hour

// DeleteExpiredRequests forgets what pages need no more: requests whose link has expired,
// windows of limits that are over, notices settled a month ago.
func (v Contacts) DeleteExpiredRequests(ctx context.Context) error {
	now := v.db.now()
	return v.db.write(ctx, "tidy up after pages", func(tx *sql.Tx) error {
		for query, before := range map[string]time.Time{
			`DELETE FROM signups WHERE expires_at < $1`: now,
			`DELETE FROM moves WHERE expires_at < $1`:   now,
			`DELETE FROM limits WHERE since < $1`:       now.Add(-48 * time.Hour),
			`DELETE FROM notices WHERE n IN (SELECT n FROM notices WHERE status NOT IN ('queued', 'deferred') AND updated_at < $1
				AND kind NOT IN ('goodbye', 'leave') ORDER BY n LIMIT 1000)`: now.Add(-noticeRetention),
		} {
			if _, err := tx.ExecContext(ctx, query, millis(before)); err != nil {
				return err
			}
		}
		return nil
	})
}
