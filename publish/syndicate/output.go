package syndicate

import (
	"time"

	"bantin/feed"
)

// output puts documents into the library. It remembers, until it is asked, whether
// any changed, and which of them hubs are to hear of. One goroutine uses it.
type output struct {
	library *feed.Library
	changed bool
	topics  map[string]time.Time // documents that hubs are to hear of, and of when they are
}

// takeChanged reports whether anything changed since it was asked last.
func (o *output) takeChanged() bool {
	changed := o.changed
	o.changed = false
	return changed
}

// put has a document served, and notes what hubs are to hear of.
func (o *output) put(rendered feed.Rendered, document *feed.Document) {
	if o.library.Get(rendered.Path) != document {
		o.library.Put(rendered.Path, document)
		o.changed = true
	}
	if len(rendered.Head.Hubs) == 0 {
		return
	}
	if o.topics == nil {
		o.topics = map[string]time.Time{}
	}
	o.topics[rendered.Head.Self] = document.Modified
}
