package alarm

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bantin"
	"bantin/store"
)

// Unstored keeps the troubles of a node that the database did not take, with how far they
// were told, until it takes them. A copy is in a file, as far as the disk takes that: a
// program that cannot start for its database tells that once and not at each try.
type Unstored struct {
	File string // "": none

	mu       sync.Mutex
	loaded   bool
	troubles map[string]store.ToldTrouble
}

func (u *Unstored) begin(t bantin.Trouble) {
	u.change(func() bool {
		for id, was := range u.troubles {
			if was.Kind == t.Kind && was.Object == t.Object && was.Resolved.IsZero() {
				t.ID, t.Since, t.Resolved = id, was.Since, time.Time{}
				same := t == was.Trouble
				u.troubles[id] = store.ToldTrouble{Trouble: t, Ways: was.Ways}
				return !same
			}
		}
		t.ID = store.NewTroubleID()
		u.troubles[t.ID] = store.ToldTrouble{Trouble: t, Ways: map[string]store.Telling{}}
		return true
	})
}

func (u *Unstored) end(kind bantin.TroubleKind, object string, now time.Time) {
	u.change(func() (changed bool) {
		for id, t := range u.troubles {
			if t.Kind == kind && t.Object == object && t.Resolved.IsZero() {
				t.Resolved, changed = now, true
				u.troubles[id] = t
			}
		}
		return changed
	})
}

func (u *Unstored) save(id, way string, s store.Telling) {
	u.change(func() bool {
		t, known := u.troubles[id]
		if known {
			t.Ways = maps.Clone(t.Ways)
			t.Ways[way] = s
			u.troubles[id] = t
		}
		return known
	})
}

func (u *Unstored) remove(id string) {
	u.change(func() bool { delete(u.troubles, id); return true })
}

// list gives the troubles, the oldest first.
func (u *Unstored) list() (list []store.ToldTrouble) {
	u.change(func() bool {
		for _, id := range slices.Sorted(maps.Keys(u.troubles)) {
			list = append(list, u.troubles[id])
		}
		return false
	})
	slices.SortStableFunc(list, func(a, b store.ToldTrouble) int { return a.Since.Compare(b.Since) })
	return list
}

// change does something with the troubles and keeps the copy where it changed them.
func (u *Unstored) change(do func() (changed bool)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.loaded {
		u.loaded = true
		u.load()
	}
	if do() {
		u.write()
	}
}

// load reads the copy; one that cannot be read counts as none.
func (u *Unstored) load() {
	u.troubles = map[string]store.ToldTrouble{}
	if u.File == "" {
		return
	}
	text, err := os.ReadFile(u.File)
	if err != nil || json.Unmarshal(text, &u.troubles) != nil || u.troubles == nil {
		u.troubles = map[string]store.ToldTrouble{}
	}
}

// write keeps the copy. A disk that takes nothing is a trouble that is told from memory.
func (u *Unstored) write() {
	if u.File == "" {
		return
	}
	if len(u.troubles) == 0 {
		_ = os.Remove(u.File)
		return
	}
	text, err := json.Marshal(u.troubles)
	if err != nil {
		return
	}
	temporary := filepath.Join(filepath.Dir(u.File), "."+filepath.Base(u.File)+".new")
	if os.WriteFile(temporary, text, 0o600) == nil {
		_ = os.Rename(temporary, u.File)
	}
}
