package syndicate

import (
	"maps"
	"sync"

	"bantin"
)

// keptBulletins are what the feeds that readers made were made of lately: bulletins, and
// how formats wrote them. Most such feeds have the same bulletins, and after a change all
// but one of them are as before. The zero value is empty and ready.
//
// A bulletin is known by its last change, whose number no other has: whatever readers see
// of it changes with that number.
type keptBulletins struct {
	mu      sync.Mutex
	changes lru[int64, keptBulletin]
}

type keptBulletin struct {
	bulletin bantin.Bulletin
	written  map[string][]byte // by the extension of the format; replaced, never changed
}

// Bounds of what is kept: bulletins of an association's usual size, of which twenty feeds
// have fifty each, and bytes.
const (
	maxKept      = 1000
	maxKeptBytes = 8 << 20
)

func (k *keptBulletin) size() int {
	const fields = 1 << 10 // all that is short
	size := fields + len(k.bulletin.HTML) + len(k.bulletin.Text) + len(k.bulletin.Lead)
	for _, w := range k.written {
		size += len(w)
	}
	return size
}

// get gives a bulletin as it was after a change.
func (k *keptBulletins) get(change int64) (bantin.Bulletin, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, ok := k.changes.get(change)
	return kept.bulletin, ok
}

func (k *keptBulletins) put(kept keptBulletin) {
	k.changes.put(kept.bulletin.Change, kept, kept.size(), maxKept, maxKeptBytes)
}

// write gives how a format wrote the bulletin, or has it written and keeps that
// (feed.Channel.Keep). What is being written meanwhile is written twice.
func (k *keptBulletins) write(b *bantin.Bulletin, ext string, anew func() ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	kept, _ := k.changes.get(b.Change)
	k.mu.Unlock()
	if w, ok := kept.written[ext]; ok {
		return w, nil
	}
	w, err := anew()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, _ = k.changes.get(b.Change)
	written := map[string][]byte{ext: w}
	maps.Copy(written, kept.written)
	k.put(keptBulletin{*b, written})
	return w, nil
}
