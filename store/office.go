package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// Office is who may see the office's pages now: links to sign in, and sessions.
//
//   - RequestSignIn mails a link, NewLink makes one to be printed, LinkIsOpen looks at
//     one, SignIn uses it.
//   - Session finds a session, SetLanguage sets its language, SignOut ends it,
//     EndUnlisted ends those of people who may no longer sign in.
//   - AddToken, Token and RevokeToken are for programs.
type Office struct{ db *DB }

// Office gives the view of sign-ins.
func (db *DB) Office() Office { return Office{db} }

// SignInRequest is what somebody asked for on the sign-in page.
type SignInRequest struct {
	Address  string
	IsListed bool   // they may sign in; else all is done as for others, but no mail is sent
	Stranger string // what is stored of an address that is not listed: a keyed hash
	Nonce    string // of a new link
	Mail     string // nonce of the mail
	Expires  time.Time
	Language bantin.Language
}

// RequestSignIn queues the mail with a link to sign in: the link that is open for the
// address, else a new one. What it does and how long that takes does not depend on
// whether the address is listed. Beyond the limit of the network it
// is ErrRequestLimit; beyond that of the address nothing is done.
func (v Office) RequestSignIn(ctx context.Context, s SignInRequest, network, address RequestLimit) error {
	who, to, status := bantin.AddressKey(s.Address), s.Address, bantin.DeliveryQueued
	if !s.IsListed {
		who, to, status = s.Stranger, "", bantin.DeliverySkipped
	}
	limits := RequestLimits{Refuse: []RequestLimit{network}, Ignore: []RequestLimit{address}}
	return v.db.withLimits(ctx, "keep link to sign in", limits, func(tx *sql.Tx, _ time.Time) error {
		nonce, expires, err := v.openLink(ctx, tx, who)
		if errors.Is(err, sql.ErrNoRows) {
			nonce, expires, err = s.Nonce, s.Expires, nil
		}
		if err != nil {
			return err
		}
		// One that is open is written again, to no effect: only a person of the list can
		// have one that was printed.
		if err := insertLink(ctx, tx, nonce, who, expires); err != nil {
			return err
		}
		n := Notice{Kind: NoticeSignIn, Nonce: s.Mail, Address: to, Language: s.Language, About: NoticeAbout{Expires: expires, Link: nonce}}
		return v.db.addNoticeAs(ctx, tx, n, status)
	})
}

// openLink is the link by which somebody may sign in now. One that ends within two
// minutes is none: its mail would come too late.
func (v Office) openLink(ctx context.Context, tx *sql.Tx, who string) (nonce string, expires time.Time, err error) {
	var at int64
	err = tx.QueryRowContext(ctx, `SELECT nonce, expires_at FROM office_links WHERE who = $1 AND used_at IS NULL AND expires_at > $2
		ORDER BY expires_at DESC LIMIT 1`, who, millis(v.db.now().Add(2*time.Minute))).Scan(&nonce, &at)
	return nonce, fromMillis(at), err
}

func insertLink(ctx context.Context, tx *sql.Tx, nonce, who string, expires time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO office_links (nonce, who, expires_at) VALUES ($1, $2, $3) ON CONFLICT (nonce) DO NOTHING`, nonce, who, millis(expires))
	return err
}

// NewLink stores a link to sign in that by prints.
func (v Office) NewLink(ctx context.Context, address, nonce string, expires time.Time, by string) error {
	return v.db.write(ctx, "keep link to sign in", func(tx *sql.Tx) error {
		if err := insertLink(ctx, tx, nonce, bantin.AddressKey(address), expires); err != nil {
			return err
		}
		_, err := v.db.addAction(ctx, tx, bantin.Action{Who: by, Via: bantin.ViaCommand, What: bantin.ActionLink, Object: address}, "")
		return err
	})
}

// LinkIsOpen reports whether somebody may sign in by a link now.
func (v Office) LinkIsOpen(ctx context.Context, nonce string) (bool, error) {
	open, err := anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM office_links WHERE nonce = $1 AND used_at IS NULL AND expires_at > $2)`,
		nonce, millis(v.db.now()))
	return open, wrap(err, "look up link to sign in")
}

// OfficeSession is a sign-in that lasts.
type OfficeSession struct {
	Hash     string // of the cookie's token: the token is nowhere
	Who      string // address key
	Language bantin.Language
	Created  time.Time
	Expires  time.Time
}

// SignIn uses a link, once, and stores a session with the given hash and end. people are
// those who may sign in. bantin.ErrNotFound where the link is none, was used, has
// expired, or is of somebody else.
func (v Office) SignIn(ctx context.Context, nonce string, s OfficeSession, people []string) (OfficeSession, error) {
	err := v.db.write(ctx, "sign in", func(tx *sql.Tx) error {
		now := v.db.now()
		err := tx.QueryRowContext(ctx, `UPDATE office_links SET used_at = $1 WHERE nonce = $2 AND used_at IS NULL AND expires_at > $1 RETURNING who`,
			millis(now), nonce).Scan(&s.Who)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !isListed(people, s.Who) {
			return fmt.Errorf("link to sign in: %w", bantin.ErrNotFound)
		}
		if err != nil {
			return err
		}
		s.Created = now
		_, err = tx.ExecContext(ctx, `INSERT INTO office_sessions (hash, who, language, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			s.Hash, s.Who, s.Language, millis(s.Created), millis(s.Expires))
		if err != nil {
			return err
		}
		_, err = v.db.addAction(ctx, tx, bantin.Action{Who: s.Who, Via: bantin.ViaOffice, What: bantin.ActionSignIn}, "")
		return err
	})
	return s, err
}

// isListed reports whether an address key is that of one of the people.
func isListed(people []string, who string) bool {
	return slices.ContainsFunc(people, func(address string) bool { return bantin.AddressKey(address) == who })
}

// Session finds a session that lasts; bantin.ErrNotFound.
func (v Office) Session(ctx context.Context, hash string) (s OfficeSession, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT hash, who, language, created_at, expires_at FROM office_sessions WHERE hash = $1 AND expires_at > $2`,
		hash, millis(v.db.now())).Scan(&s.Hash, &s.Who, &s.Language, asTime(&s.Created), asTime(&s.Expires))
	return s, lookedUp(err, "session", "")
}

// SetLanguage sets the language of a session.
func (v Office) SetLanguage(ctx context.Context, hash string, l bantin.Language) error {
	return v.db.execute(ctx, "set language", `UPDATE office_sessions SET language = $1 WHERE hash = $2`, l, hash)
}

// SignOut ends a session.
func (v Office) SignOut(ctx context.Context, s OfficeSession) error {
	return v.db.write(ctx, "sign out", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM office_sessions WHERE hash = $1`, s.Hash); err != nil {
			return err
		}
		_, err := v.db.addAction(ctx, tx, bantin.Action{Who: s.Who, Via: bantin.ViaOffice, What: bantin.ActionSignOut}, "")
		return err
	})
}

// EndUnlisted ends the sessions and the links of everybody but people, so that being
// listed again revives none. It forgets what has expired.
func (v Office) EndUnlisted(ctx context.Context, people []string) (ended int, err error) {
	err = v.db.write(ctx, "end sessions", func(tx *sql.Tx) error {
		ended = 0
		for _, table := range []string{"office_sessions", "office_links"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE expires_at < $1`, millis(v.db.now())); err != nil {
				return err
			}
		}
		known, err := collectColumn[string](ctx, tx, `SELECT who FROM office_sessions UNION SELECT who FROM office_links`)
		if err != nil {
			return err
		}
		for _, who := range known {
			if isListed(people, who) {
				continue
			}
			if err := v.endAll(ctx, tx, who, &ended); err != nil {
				return err
			}
		}
		return nil
	})
	return ended, err
}

func (v Office) endAll(ctx context.Context, tx *sql.Tx, who string, ended *int) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM office_links WHERE who = $1`, who); err != nil {
		return err
	}
	n, err := execCount(ctx, tx, `DELETE FROM office_sessions WHERE who = $1`, who)
	if err != nil || n == 0 {
		return err
	}
	*ended += int(n)
	_, err = v.db.addAction(ctx, tx, bantin.Action{Who: who, Via: bantin.ViaCommand, What: bantin.ActionEnd, Object: who}, "")
	return err
}
