package collect

import (
	"context"
	"errors"

	"bantin"
	"bantin/source"
)

// Problem is an item that could not be taken.
type Problem struct {
	Item  string
	Err   error
	Known bool // it was told by an earlier read
}

// problemOf makes of what a source says of an item what is stored of it; nil of nil.
func problemOf(item string, kind bantin.ProblemKind, p *source.Problem) *bantin.Problem {
	if p == nil {
		return nil
	}
	return &bantin.Problem{Item: item, Kind: kind, What: bantin.NewNote(p.Words.VI, p.Words.EN), Hint: bantin.NewNote(p.Hint.VI, p.Hint.EN)}
}

// unread takes an item that gives no bulletin.
func (k *batchWriter) unread(ctx context.Context, item *source.Item) error {
	var p *source.Problem
	if !errors.As(item.Err, &p) {
		p = &source.Problem{Words: bantin.Words{VI: item.Err.Error(), EN: item.Err.Error()}}
	}
	k.done.Problems = append(k.done.Problems, Problem{item.ID, item.Err, k.reading.problems[item.ID] == bantin.ProblemUnread})
	k.reading.see(item.ID, item.Version)
	if k.found == nil {
		k.found = map[string]bool{}
	}
	k.found[item.ID] = true
	if k.problems = append(k.problems, problemOf(item.ID, bantin.ProblemUnread, p)); len(k.problems) < maxBatch {
		return nil
	}
	return k.storeProblems(ctx)
}

// remember keeps the version of a file that is no bulletin. Of those there may be
// thousands, such as pictures, so they are stored together.
func (k *batchWriter) remember(ctx context.Context, item *source.Item) error {
	k.reading.see(item.ID, item.Version)
	k.mended(item.ID)
	if k.versions == nil {
		k.versions = map[string]string{}
	}
	if k.versions[item.ID] = item.Version; len(k.versions) < maxBatch {
		return nil
	}
	return k.storeProblems(ctx)
}

// mended notes that what was wrong with an item is over, unless this read found more.
func (k *batchWriter) mended(item string) {
	if k.reading.problems[item] != "" && !k.found[item] {
		k.over = append(k.over, item)
	}
}

// storeProblems stores what was found of items that give no bulletin.
func (k *batchWriter) storeProblems(ctx context.Context) error {
	found := make([]bantin.Problem, 0, len(k.problems))
	for _, p := range k.problems {
		found = append(found, *p)
	}
	if len(k.versions) > 0 {
		if err := k.collector.DB.Sources().SaveItemVersions(ctx, k.done.Source, k.versions, nil); err != nil {
			return err
		}
	}
	if err := k.collector.DB.Sources().RecordProblems(ctx, k.done.Source, found, k.over); err != nil {
		return err
	}
	for _, p := range found {
		k.reading.problems[p.Item] = p.Kind
	}
	for _, item := range k.over {
		delete(k.reading.problems, item)
	}
	k.problems, k.over, k.versions = nil, nil, nil
	return nil
}
