package source

import (
	"context"
	"errors"
	"iter"
	"net/url"

	"bantin"
	"bantin/source/nukeviet"
)

// Progress is how far a long read has come.
type Progress = nukeviet.Progress

// nukeVietSite is a site made with NukeViet.
type nukeVietSite struct {
	spec Spec
	site *nukeviet.Site
}

func newNukeViet(spec Spec) (Source, error) {
	if err := checkSite(spec); err != nil {
		return nil, err
	}
	base, err := url.Parse(spec.URL)
	if err != nil {
		return nil, err
	}
	return &nukeVietSite{spec: spec, site: nukeviet.New(base, nukeviet.Options{
		Location: spec.Location, Documents: spec.documents(), Web: spec.Web,
		Since: spec.Since, Now: spec.Now, Progress: spec.Progress, Attempts: spec.Attempts,
	})}, nil
}

func (n *nukeVietSite) ID() string { return n.spec.ID }

// Read yields new stories from the oldest on, then changed and vanished ones, then,
// where the Spec says Since, older ones from the newest on.
func (n *nukeVietSite) Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error] {
	return sequence(func(give func(Item) error) error {
		notes, err := n.spec.loadNotes(ctx)
		if err != nil {
			return err
		}
		look := nukeviet.Look{Seen: seen, Notes: notes, First: n.spec.firstRead(notes)}
		return siteProblem(n.site.Read(ctx, look, func(i nukeviet.Item) error { return give(n.item(i)) }))
	})
}

// item gives a story the identity of a bulletin of this source.
func (n *nukeVietSite) item(i nukeviet.Item) Item {
	item := Item{ID: i.ID, Version: i.Version, Key: i.Key, Digest: i.Digest,
		History: i.History, Vanished: i.Vanished, Seen: i.Seen, Mended: i.Mended, Notes: i.Notes}
	if i.Err != nil {
		item.Err = withHint(storyProblem(i.Err), siteHint())
	}
	if i.Draft != nil {
		item.Bulletin, item.Missing = n.spec.bulletin(item, i.Draft), missing(i.Draft, siteHint())
	}
	return item
}

// storyProblem says why a story is not read where that is known: the program stopped, or
// gave it up.
func storyProblem(err error) error {
	var story *Problem
	if !isStopped(err) || !errors.As(err, &story) {
		return err
	}
	return &Problem{Words: because(story.Words, err), Err: err}
}

// siteProblem is the same of a list of stories.
func siteProblem(err error) error {
	var site *SiteError
	if !isStopped(err) || !errors.As(err, &site) {
		return err
	}
	return &SiteError{Words: because(site.Words, err), Err: err}
}

func because(what bantin.Words, err error) bantin.Words {
	why := stopped(err).Words
	return words(what.VI+": "+why.VI, what.EN+": "+why.EN)
}
