package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"bantin"
)

// secondAfter is how long after the first refusal of an address a second one counts.
// A receiver that is wrong about its own mailboxes is wrong for hours.
const secondAfter = 24 * time.Hour

// judge decides what follows from a pending return of an edition. The first line that
// fits decides:
//
//	the edition has not settled, or it or the domain is held    pending
//	it was held, and the message is from before the resume      held: it was about us
//	a later message reached the address                         noted: the address works
//	soft ones in a row (see publish/returns)                    suppressed
//	the edition was cancelled: it was never judged whole        first
//	at least hold.least recipients, no edition reached it yet   suppressed
//	a first refusal, in an earlier edition, a day ago or more,
//	    and nothing reached it since                            suppressed
//	else                                                        first
//
// A hold that a person accepted is none. A message outside editions (a confirmation)
// is an edition of one.
func judge(r *Return, e *returnEdition, past *addressHistory, limits bantin.HoldLimits) string {
	domain := domainOf(r.Address)
	switch {
	case !e.mayDecide(*r):
		return DonePending
	case e.wasHeld(domain, past.said(r)):
		return DoneHeld
	case past.reachedSince(r):
		return DoneNoted
	case r.Kind == "soft" && e.status == bantin.EditionCancelled:
		return DoneNoted
	case r.Kind == "soft":
		return DoneSuppressed
	case e.status == bantin.EditionCancelled:
		return DoneFirst
	case e.n != 0 && e.recipients >= limits.Least && past.reached() == nil:
		return DoneSuppressed
	case past.hasFirst(r):
		return DoneSuppressed
	}
	return DoneFirst
}

// domainOf is the receiving domain of an address as holds name it.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// returnEdition is the edition of a return: whether it has settled, and what it was
// held for. The zero one is that of messages outside editions.
type returnEdition struct {
	n          int64
	status     bantin.EditionStatus
	recipients int
	holds      []returnHold // that nobody accepted
}

// returnHold is a hold of an edition, or of one domain of it.
type returnHold struct {
	domain string // "": the edition
	ended  int64  // 0: it lasts
}

func (e *returnEdition) isSettled() bool {
	return e.n == 0 || e.status == bantin.EditionDone || e.status == bantin.EditionCancelled
}

// isHeld reports whether a domain of the edition waits for a person, or with "" all
// of it. One that was cancelled waits for nobody.
func (e *returnEdition) isHeld(domain string) bool {
	return slices.ContainsFunc(e.holds, func(h returnHold) bool {
		return h.ended == 0 && (h.domain == "" || h.domain == domain) && e.status != bantin.EditionCancelled
	})
}

// wasHeld reports whether a message of that time to the domain is from before a
// resume.
func (e *returnEdition) wasHeld(domain string, said int64) bool {
	return slices.ContainsFunc(e.holds, func(h returnHold) bool {
		return (h.domain == "" || h.domain == domain) && (h.ended == 0 || said <= h.ended)
	})
}

func (e *returnEdition) mayDecide(r Return) bool {
	return e.isSettled() && !e.isHeld(domainOf(r.Address))
}

func loadReturnEdition(ctx context.Context, q querier, n int64) (e returnEdition, err error) {
	if n == 0 {
		return e, nil
	}
	e.n = n
	err = q.QueryRowContext(ctx, `SELECT status, recipients FROM editions WHERE n = $1`, n).Scan(&e.status, &e.recipients)
	if errors.Is(err, sql.ErrNoRows) {
		return returnEdition{}, nil
	}
	if err != nil {
		return e, err
	}
	e.holds, err = collectFields(ctx, q, func(h *returnHold) []any { return []any{&h.domain, &h.ended} }, `SELECT domain, ended FROM holds WHERE edition = $1 AND accepted = 0`, n)
	return e, err
}
