package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"bantin"
)

// verdict is what a person said of a bulletin, and what its source says of the
// same, so that undoing a verdict leaves the source's.
type verdict struct {
	withdrawn  sql.NullBool
	held       sql.NullString // "": let out
	correction Correction
	source     sourceFields
}

// sourceFields are the fields of the source that a verdict may override.
type sourceFields struct {
	Withdrawn bool        `json:"withdrawn,omitempty"`
	Held      bantin.Note `json:"held,omitempty"`
	Title     string      `json:"title"`
	Lead      string      `json:"lead,omitempty"`

	Places    []string         `json:"places,omitempty"`
	Clusters  []string         `json:"clusters,omitempty"`
	Topics    *[]string        `json:"topics,omitempty"` // nil: nobody has corrected them, see apply
	Published time.Time        `json:"published,omitzero"`
	Precision bantin.Precision `json:"precision,omitempty"`
	Event     *bantin.Event    `json:"event,omitempty"`
}

// applyOver gives what readers get where the source says b, and remembers that.
func (v *verdict) applyOver(b *bantin.Bulletin) *bantin.Bulletin {
	v.source = sourceFields{b.Withdrawn, b.Held, b.Title, b.Lead, b.Places, b.Clusters, nil, b.Published, b.PublishedPrecision, b.Event}
	return v.apply(b)
}

// apply gives b with the verdict applied over the source's fields.
func (v *verdict) apply(b *bantin.Bulletin) *bantin.Bulletin {
	out := *b
	out.Withdrawn, out.Held = v.source.Withdrawn, v.source.Held
	out.Title, out.Lead = v.source.Title, v.source.Lead
	out.Places, out.Clusters, out.Event = v.source.Places, v.source.Clusters, v.source.Event
	out.Published, out.PublishedPrecision = v.source.Published, v.source.Precision
	if v.source.Topics == nil { // b has those of the source: verdicts of before do not keep them
		topics := append([]string{}, b.Topics...)
		v.source.Topics = &topics
	}
	if out.Topics = *v.source.Topics; len(out.Topics) == 0 {
		out.Topics = nil
	}
	if v.withdrawn.Valid {
		out.Withdrawn = v.withdrawn.Bool
	}
	if v.held.Valid {
		out.Held = bantin.Note(v.held.String)
	}
	v.correction.apply(&out)
	return &out
}

// release takes back what a person withdrew or held, and speaks against the
// source where that is what withdraws or holds.
func (v *verdict) release() {
	v.withdrawn = sql.NullBool{Valid: v.source.Withdrawn}
	v.held = sql.NullString{Valid: v.source.Held != ""}
}

// loadVerdict reads what was said of bulletin n, nil where nobody said anything.
func (in *bulletinTx) loadVerdict(ctx context.Context, n int64) (*verdict, error) {
	v := &verdict{}
	err := in.queryRow(ctx, `SELECT withdrawn, held, correction, said FROM verdicts WHERE bulletin = $1`, n).
		Scan(&v.withdrawn, &v.held, asJSON(&v.correction), asJSON(&v.source))
	if is, err := found(err); !is {
		return nil, wrap(err, "read correction")
	}
	return v, nil
}

func (in *bulletinTx) saveVerdict(ctx context.Context, n int64, v *verdict) error {
	correction, err := json.Marshal(v.correction)
	if err != nil {
		return err
	}
	said, err := json.Marshal(v.source)
	if err != nil {
		return err
	}
	return in.exec(ctx, `INSERT INTO verdicts (bulletin, withdrawn, held, correction, said, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (bulletin) DO UPDATE SET withdrawn = excluded.withdrawn, held = excluded.held,
			correction = excluded.correction, said = excluded.said, at = excluded.at`,
		n, v.withdrawn, v.held, string(correction), string(said), in.now)
}
