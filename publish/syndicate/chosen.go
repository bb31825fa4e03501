package syndicate

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// ChosenID is the id of feeds that readers put together for themselves; the
// selection follows it as a query. No feed of the configuration may have it.
const ChosenID = "chon"

// chosenLimit is how many bulletins such a feed holds.
const chosenLimit = 50

// ChosenFeed is the feed of a selection in its canonical form.
func ChosenFeed(site *bantin.Site, atlas *place.Atlas, sel bantin.Selection) bantin.Feed {
	return bantin.Feed{
		ID:    ChosenID + "?" + place.ChoiceQuery(sel),
		Title: titled(site.Title, atlas.ChoiceName(sel, site.Language)),
		Limit: chosenLimit, Select: sel,
	}
}

// serveChosen answers for a selection that a reader built. Each has one
// address; others lead there. It is rendered once for each change, and nothing
// of it is stored: a visitor makes no rows in the database. So it has no
// archives, and hubs are not notified of it.
func (s *server) serveChosen(w http.ResponseWriter, r *http.Request, format feed.Format) {
	sel, err := s.archives.Atlas.Choose(r.URL.Query())
	if err != nil {
		serveChoiceError(w, err)
		return
	}
	chosen := ChosenFeed(s.archives.Site, s.archives.Atlas, sel)
	path := feed.Path(chosen.ID, format.Ext)
	if !place.SameChoice(r.URL.RawQuery, place.ChoiceQuery(sel)) {
		s.redirect(w, path, http.StatusMovedPermanently)
		return
	}
	document, err := s.chosen.get(path, s.change.Load(), func() (*feed.Document, error) {
		return s.renderChosen(r.Context(), chosen, format)
	})
	switch {
	case err == nil:
		document.ServeHTTP(w, r)
	case r.Context().Err() == nil:
		s.archives.Log.Error("chosen feed cannot be rendered", "feed", chosen.ID, "error", err)
		serveUnavailable(w)
	}
}

// serveChoiceError tells what is wrong with a selection: 404 where it names
// something that there is not.
func serveChoiceError(w http.ResponseWriter, err error) {
	var choice *place.ChoiceError
	if !errors.As(err, &choice) {
		choice = &place.ChoiceError{}
	}
	status := http.StatusBadRequest
	if choice.Unknown != "" {
		status = http.StatusNotFound
	}
	http.Error(w, choice.In(bantin.Vietnamese)+"\n"+choice.In(bantin.English)+"\n/feeds", status)
}

// renderChosen makes a document whose bytes depend on its bulletins alone, the
// same on every node. It is dated with the last change of all, which never
// goes back: since when a selection says what it says is not kept.
func (s *server) renderChosen(ctx context.Context, chosen bantin.Feed, format feed.Format) (*feed.Document, error) {
	tags := s.archives.Atlas.ChoiceTags(chosen.Select)
	entries, err := s.archives.DB.Bulletins().List(ctx, store.Filter{Tags: tags, Limit: chosenLimit})
	if err != nil {
		return nil, err
	}
	return s.renderUnstored(ctx, archivedFeed{feed: chosen, tags: tags}, entries, format)
}

// renderUnstored makes the document of a feed that no table knows.
func (s *server) renderUnstored(ctx context.Context, d archivedFeed, entries []bantin.Bulletin, format feed.Format) (*feed.Document, error) {
	changed, err := s.archives.DB.Bulletins().LastChangeAt(ctx)
	if err != nil {
		return nil, err
	}
	channel := s.archives.newChannel(d, entries)
	channel.Hubs, channel.Keep = nil, s.kept.write
	rendered, err := feed.RenderAs(channel, format)
	if err != nil {
		return nil, err
	}
	rendered.Head.Modified = changed
	return rendered.Head.Passing(rendered.Body), nil
}

// chosenCache keeps the chosen feeds that were asked for last. The zero value is
// empty and ready.
type chosenCache struct {
	mu     sync.Mutex
	byPath lru[string, choice]

	making sync.Mutex // one is made at a time: a thousand strange selections cost no more than one core
}

type choice struct {
	change   int64 // the last change that it shows
	document *feed.Document
}

// size allows for a packed copy, which may come later: text shrinks to a third.
func (c *choice) size() int { return len(c.document.Body) * 4 / 3 }

// maxChosen bounds what is kept, in documents and in bytes.
const (
	maxChosen      = 512
	maxChosenBytes = 48 << 20
)

// get gives the document at path as of the change, and makes it where it is
// not there. It is the whole cost of a poll.
func (c *chosenCache) get(path string, change int64, make func() (*feed.Document, error)) (*feed.Document, error) {
	if document := c.look(path, change); document != nil {
		return document, nil
	}
	c.making.Lock()
	defer c.making.Unlock()
	if document := c.look(path, change); document != nil { // another made it meanwhile
		return document, nil
	}
	document, err := make()
	if err == nil {
		c.put(path, choice{change, document})
	}
	return document, err
}

func (c *chosenCache) look(path string, change int64) *feed.Document {
	c.mu.Lock()
	defer c.mu.Unlock()
	if one, ok := c.byPath.get(path); ok && one.change >= change {
		return one.document
	}
	return nil
}

func (c *chosenCache) put(path string, one choice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byPath.put(path, one, one.size(), maxChosen, maxChosenBytes)
}

// forget drops the document at path.
func (c *chosenCache) forget(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byPath.drop(path)
}

// unstoredPath tells the path of a feed with this id that a reader made, and its format.
func unstoredPath(id, path string) (feed.Format, bool) {
	ext, ok := strings.CutPrefix(path, "/feeds/"+id+".")
	for _, format := range feed.Formats() {
		if ok && format.Ext == ext {
			return format, true
		}
	}
	return feed.Format{}, false
}

func serveUnavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "60")
	http.Error(w, "Tạm thời chưa xem được, xin thử lại sau một phút.\nNot available for the moment; please try again in a minute.", http.StatusServiceUnavailable)
}
