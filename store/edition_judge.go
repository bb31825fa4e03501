package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"bantin"
)

// outcomeCount is what became of messages.
type outcomeCount struct{ sent, refused, unknown int64 }

func (t outcomeCount) add(o outcomeCount) outcomeCount {
	return outcomeCount{t.sent + o.sent, t.refused + o.refused, t.unknown + o.unknown}
}

func (t outcomeCount) outcomes() int64 { return t.sent + t.refused }

// reason tells what the refusals say.
func (t outcomeCount) reason() bantin.HeldReason {
	if 2*t.unknown > t.refused {
		return bantin.HeldUnknownWave
	}
	return bantin.HeldRefused
}

// minDomain is how many recipients a receiving domain has in an edition that is
// judged by itself.
const minDomain = 20

// judgement decides whether refusals are about the recipients, or about us, our
// relay or a receiver that has a bad day. A few addresses of a list are always dead,
// spread at random; a wave is more than that.
type judgement struct {
	share    int64 // of a thousand outcomes
	least    int64
	left     int64                   // recipients since the start or the last resume
	allTried bool                    // nobody is left to be tried
	accepted int64                   // of an edition that was never resumed, by its ledger: counts of before an upgrade, or before a crash, may be missing
	domains  map[string]outcomeCount // of those that are not held
	of       func(domain string) (int64, error)
}

// ruling is what is held: the edition, or one domain of it.
type ruling struct {
	domain string // "": the edition
	outcomeCount
}

// judge gives what should be held now; ok is false where nothing should. A domain
// alone is held where the others do well; where it is all there is, or others are
// refused too, the edition is.
func (j *judgement) judge() (v ruling, ok bool, err error) {
	var total outcomeCount
	var bad []string
	for domain, t := range j.domains {
		total = total.add(t)
		if j.isWave(t, minDomain) {
			bad = append(bad, domain)
		}
	}
	slices.Sort(bad)
	total.sent = max(total.sent, j.accepted-total.refused)
	for _, domain := range bad {
		t := j.domains[domain]
		rest := outcomeCount{total.sent - t.sent, total.refused - t.refused, total.unknown - t.unknown}
		if j.isWave(rest, j.left) || rest.refused > 0 && rest.sent <= 0 {
			continue
		}
		n, err := j.of(domain)
		if err != nil {
			return v, false, err
		}
		if j.allTried && j.accepted > 0 {
			t.sent = max(t.sent, n-t.refused)
		}
		if n < minDomain || n >= j.left || !j.isWave(t, n) || j.allTried && isChance(t, n, rest) {
			continue
		}
		return ruling{domain, t}, true, nil
	}
	return ruling{"", total}, j.isWave(total, j.left), nil
}

// isWave is the rule for so many outcomes among n recipients.
func (j *judgement) isWave(t outcomeCount, n int64) bool {
	switch {
	case t.refused >= j.least && (1000*t.refused > j.share*t.outcomes() || t.sent <= 0):
		return true
	case !j.allTried:
		return false
	case n < j.least:
		return t.refused >= 3 && 2*t.refused > t.outcomes()
	}
	return t.refused >= 5 && 5*t.refused > t.outcomes()
}

// isChance reports whether so many refusals in one domain may be an accident of a
// list that is refused as often elsewhere: of hundreds of domains one has bad luck.
func isChance(t outcomeCount, n int64, rest outcomeCount) bool {
	if rest.outcomes() == 0 {
		return false
	}
	expected := float64(n) * float64(rest.refused) / float64(rest.outcomes())
	return float64(t.refused) <= 10*expected+2
}

// Judge holds an edition, or one receiving domain of it, where its refusals are so
// many that they must be about us; nil where they are not. by is who refused, for
// people.
func (v Editions) Judge(ctx context.Context, edition int64, by string) (held *bantin.Hold, err error) {
	if j, err := v.db.judgement(ctx, v.db.reader, edition); err != nil || j == nil {
		return nil, err
	} else if _, ok, err := j.judge(); !ok || err != nil {
		return nil, err
	}
	err = v.db.write(ctx, "judge the edition", func(tx *sql.Tx) (err error) {
		held, err = v.db.judge(ctx, tx, edition, by)
		return err
	})
	return held, err
}

// CountsDoubts reports whether refusals that may be about us count as those of the
// recipients: a person said that they are right, or fewer recipients of the edition are
// unsettled than it takes to hold it.
func (v Editions) CountsDoubts(ctx context.Context, edition int64) (yes bool, err error) {
	var least int64
	err = v.db.reader.QueryRowContext(ctx, `SELECT hold_least, accepted FROM editions WHERE n = $1`, edition).Scan(&least, &yes)
	if err != nil || yes {
		return yes, explain(err)
	}
	c, _, err := v.db.counts(ctx, edition)
	return c.Unsettled() < least, err
}

// judge writes down what is to be held.
func (db *DB) judge(ctx context.Context, tx *sql.Tx, edition int64, by string) (*bantin.Hold, error) {
	j, err := db.judgement(ctx, tx, edition)
	if err != nil || j == nil {
		return nil, err
	}
	found, ok, err := j.judge()
	if !ok || err != nil {
		return nil, err
	}
	h := &bantin.Hold{Reason: found.reason(), Domain: found.domain,
		Detail: bantin.HoldDetail{Refused: found.refused, Outcomes: found.outcomes(), By: by}}
	if h.Detail.Reply, err = lastRefusal(ctx, tx, edition, found.domain); err != nil {
		return nil, err
	}
	return h, db.hold(ctx, tx, edition, h)
}

// judgement reads what is to be judged; nil where a person said that the refusals
// are right, or the edition is not sent any more.
func (db *DB) judgement(ctx context.Context, q querier, edition int64) (*judgement, error) {
	j := &judgement{domains: map[string]outcomeCount{}}
	err := q.QueryRowContext(ctx, `SELECT hold_share, hold_least, CASE WHEN remaining < 0 THEN recipients ELSE remaining END,
			NOT EXISTS (SELECT 1 FROM chunks WHERE edition = $1 AND done = 0),
			CASE WHEN remaining < 0 THEN (SELECT COALESCE(SUM(sent), 0) FROM chunks WHERE edition = $1) ELSE 0 END
		FROM editions WHERE n = $1 AND accepted = 0 AND frozen = 1 AND status IN ('sending', 'open', 'paused', 'done')`, edition).Scan(&j.share, &j.least, &j.left, &j.allTried, &j.accepted)
	if is, err := found(err); !is {
		return nil, err
	}
	j.of = func(domain string) (n int64, err error) {
		err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM deliveries WHERE edition = $1 AND LOWER(address) LIKE $2`, edition, "%@"+domain).Scan(&n)
		return n, explain(err)
	}
	err = each(ctx, q, func(rows *sql.Rows) error {
		var domain string
		var t outcomeCount
		err := rows.Scan(&domain, &t.sent, &t.refused, &t.unknown)
		j.domains[domain] = t
		return err
	}, `SELECT domain, SUM(sent), SUM(refused), SUM(unknown) FROM outcomes o WHERE edition = $1
		AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.edition = o.edition AND h.domain = o.domain AND h.ended = 0) GROUP BY domain`, edition)
	return j, err
}

// lastRefusal is what was answered last when somebody was refused, or came back.
func lastRefusal(ctx context.Context, q querier, edition int64, domain string) (reply string, err error) {
	at := "%@" + domain
	if domain == "" {
		at = "%"
	}
	err = q.QueryRowContext(ctx, `SELECT reply FROM deliveries WHERE edition = $1 AND status = 'failed' AND LOWER(address) LIKE $2
		ORDER BY updated_at DESC LIMIT 1`, edition, at).Scan(&reply)
	if errors.Is(err, sql.ErrNoRows) {
		err = q.QueryRowContext(ctx, `SELECT diagnostic FROM returns WHERE edition = $1 AND kind = 'hard' AND LOWER(address) LIKE $2
			ORDER BY n DESC LIMIT 1`, edition, at).Scan(&reply)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return withoutAddresses(reply), explain(err)
}

// withoutAddresses leaves out the addresses of people: where a hold is kept nobody
// looks for them when a contact is erased.
func withoutAddresses(reply string) string {
	words := strings.Fields(reply)
	for i, word := range words {
		if strings.Contains(word, "@") {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}

// Outcomes are what became of the messages of an edition to one receiving domain.
type Outcomes struct {
	Edition int64
	Domain  string // in lower case
	Sent    int64  // accepted
	Refused int64  // for good
	Unknown int64  // of these, with words that the address or its domain does not exist
}

// AddOutcomes adds to what a node has counted.
func (v Editions) AddOutcomes(ctx context.Context, node string, list []Outcomes) error {
	return v.db.inTx(ctx, "count outcomes", func(tx *sql.Tx) error {
		for _, o := range list {
			if err := addOutcomes(ctx, tx, node, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func addOutcomes(ctx context.Context, tx *sql.Tx, node string, o Outcomes) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO outcomes (edition, domain, node, sent, refused, unknown) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (edition, domain, node) DO UPDATE SET sent = outcomes.sent + excluded.sent,
			refused = outcomes.refused + excluded.refused, unknown = outcomes.unknown + excluded.unknown`,
		o.Edition, o.Domain, node, o.Sent, o.Refused, o.Unknown)
	return wrap(err, "count outcomes")
}
