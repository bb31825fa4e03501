package store

import (
	"context"
	"slices"
)

// A bulletin belongs to the source with the best claim on its address. Only that source
// revises it, whichever came first; another that names the address and says the same
// adds an origin, and one that says something else gets a bulletin of its own.

// isOwner reports whether the bulletin is the arriving source's, under whatever id.
func (in *bulletinTx) isOwner(a *Arrival, k *storedBulletin) bool {
	return in.rules.Claim == nil || k.bulletin.Source == a.Source || slices.Contains(a.Aliases, k.bulletin.Source)
}

// outranks reports whether the arriving source has a better claim on a bulletin than
// the one that it is stored for.
func (in *bulletinTx) outranks(a *Arrival, k *storedBulletin) bool {
	if in.rules.Claim == nil || k.bulletin.URL == "" || in.isOwner(a, k) {
		return false
	}
	return in.rules.Claim(a.Source, k.bulletin.URL) > in.rules.Claim(k.bulletin.Source, k.bulletin.URL)
}

// checkOwner decides what becomes of an arrival that was found to be another source's
// bulletin, or that names the address of one.
func (in *bulletinTx) checkOwner(ctx context.Context, a *Arrival, m *match) error {
	if m.known == nil {
		return in.findRival(ctx, a, m)
	}
	if in.isOwner(a, m.known) || in.outranks(a, m.known) || in.sameText(m.known, a) {
		return nil
	}
	m.known, m.rival = nil, m.known
	return nil
}

// findRival finds another source's bulletin at the address that the arrival names
// without being known by it.
func (in *bulletinTx) findRival(ctx context.Context, a *Arrival, m *match) error {
	if in.rules.Claim == nil || a.Bulletin.URL == "" || a.Identity == urlKey(a.Bulletin.URL) {
		return nil
	}
	k, err := in.load(ctx, `b.identity = $1`, urlKey(a.Bulletin.URL))
	switch {
	case err != nil || k == nil || in.isOwner(a, k):
	case in.sameText(k, a):
		m.known = k
	case !in.outranks(a, k):
		m.rival = k
	}
	return err
}

func (in *bulletinTx) sameText(k *storedBulletin, a *Arrival) bool {
	return in.rules.SameText == nil || in.rules.SameText(&k.bulletin, a.Bulletin)
}

// joinOther takes an arrival that is another source's bulletin: as its revision where
// the arriving source has the better claim, else as one more place where it stands.
func (in *bulletinTx) joinOther(ctx context.Context, a *Arrival, k *storedBulletin) (Outcome, error) {
	if in.outranks(a, k) {
		return in.takeOver(ctx, a, k)
	}
	o := Outcome{ID: k.id, Kind: Unchanged}
	if k.into != "" {
		o.ID = k.into
		return o, nil
	}
	var known bool
	err := in.queryRow(ctx, `SELECT EXISTS (SELECT 1 FROM items WHERE source = $1 AND item = $2 AND bulletin = $3)`, a.Source, a.Item, k.n).Scan(&known)
	if err != nil || known {
		return o, err
	}
	o.Kind = Merged
	return o, in.addOrigins(ctx, k, newOrigins(a, k))
}

// newOrigins are where an arrival says that a bulletin stands and it is not known yet.
func newOrigins(a *Arrival, k *storedBulletin) []string {
	return slices.DeleteFunc(slices.Clone(a.Bulletin.Origins), func(origin string) bool { return slices.Contains(k.bulletin.Origins, origin) })
}

// joinCopy takes an item with the same bytes as one that the bulletin has: it revises
// nothing.
func (in *bulletinTx) joinCopy(ctx context.Context, a *Arrival, k *storedBulletin) (Outcome, error) {
	if k.into != "" {
		return Outcome{ID: k.into, Kind: Unchanged}, nil
	}
	return Outcome{ID: k.id, Kind: Unchanged}, in.addOrigins(ctx, k, newOrigins(a, k))
}

// takeOver makes a bulletin that another source brought first the arriving source's,
// and what that says its revision. Its ids stay, so that it is news to nobody again.
func (in *bulletinTx) takeOver(ctx context.Context, a *Arrival, k *storedBulletin) (Outcome, error) {
	err := in.exec(ctx, `UPDATE bulletins SET source = $1, source_id = $2, identity = CASE
			WHEN EXISTS (SELECT 1 FROM bulletins other WHERE other.identity = $3) THEN identity ELSE $3 END
		WHERE n = $4`, a.Source, a.Item, a.Identity, k.n)
	if err != nil {
		return Outcome{}, err
	}
	o, err := in.revise(ctx, a, k)
	if err != nil || k.into != "" {
		return o, err
	}
	now, err := in.load(ctx, `b.n = $1`, k.n)
	if err != nil {
		return o, err
	}
	tags := a.Tags // of the other source
	if in.rules.Tags != nil {
		tags = in.rules.Tags(&now.bulletin)
	}
	return o, in.retag(ctx, now.seq.Int64, now.listed, tags)
}
