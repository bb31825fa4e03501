package source

import (
	"context"
	"fmt"
	"iter"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"bantin/source/document"
)

// folder is a directory of files, with all directories below it. What programs leave there,
// such as names that begin with a dot or "~$", is skipped; files of kinds that give no
// bulletin are told (unread.go).
//
// One walk over the directories finds what has changed: a file whose size and time
// are those of the last walk costs one lstat. Changed files must be at rest. Their
// size and time are compared once more before they are read, after one wait for
// all of them, and again afterwards; a file that is still being written is left
// for the next read. Pictures are read with the bulletin that shows them: a
// picture that changes later is not noticed, one that was missing is.
type folder struct {
	spec      Spec
	documents *document.Options
}

func (f *folder) ID() string { return f.spec.ID }

// Read yields the changed items by their dates, then those that are gone.
func (f *folder) Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		root, err := os.OpenRoot(f.spec.Path)
		if err != nil {
			yield(Item{}, fmt.Errorf("read folder %q: %w", f.spec.Path, err))
			return
		}
		defer root.Close()
		w := walk{ctx: ctx, root: root, seen: seen}
		if err := w.directory("."); err != nil {
			yield(Item{}, fmt.Errorf("read folder %q: %w", f.spec.Path, err))
			return
		}
		if len(w.changed) > 0 && !sleep(ctx, f.spec.Rest) {
			yield(Item{}, ctx.Err())
			return
		}
		notes, err := f.spec.loadNotes(ctx)
		if err != nil {
			yield(Item{}, err)
			return
		}
		first, isFirst, ok := f.beginFirst(notes, seen, len(w.changed) > 0, yield)
		if ok && f.yieldRest(ctx, root, &w, notes, first, yield) && isFirst {
			f.endFirst(first, yield)
		}
	}
}

// yieldRest yields all but the notes of a first read, and reports whether to go on.
func (f *folder) yieldRest(ctx context.Context, root *os.Root, w *walk, notes map[string]string, first time.Time, yield func(Item, error) bool) bool {
	problems, err := f.spec.loadProblems(ctx)
	if err != nil {
		yield(Item{}, err)
		return false
	}
	moved := w.known < len(w.seen)
	shown, ok := f.yieldChanged(ctx, root, w.changed, first, func(item Item, err error) bool {
		item.Moved = moved
		return yield(item, err)
	})
	listed := notes["pictures"] != "" || len(w.seen) == 0 || notes["reading"] != ""
	if !ok || !w.yieldUnread(shown, !listed, yield) || !w.yieldGone(problems, yield) {
		return false
	}
	return notes["pictures"] != "" || yield(Item{Notes: map[string]string{"pictures": "listed"}}, nil)
}

// beginFirst gives when the folder was first read, where this is that read or goes on
// with one that was interrupted: what is old then is history. Later files are news,
// whatever their dates, and so are those of a folder that was read before there was
// this note.
func (f *folder) beginFirst(notes, seen map[string]string, changed bool, yield func(Item, error) bool) (first time.Time, isFirst, ok bool) {
	if unix, err := strconv.ParseInt(notes["reading"], 10, 64); err == nil {
		return time.Unix(unix, 0), true, true
	}
	if len(seen) > 0 || notes["first"] != "" {
		return time.Time{}, false, true
	}
	now := f.spec.Now()
	return now, true, !changed || yield(Item{Notes: map[string]string{"reading": strconv.FormatInt(now.Unix(), 10)}}, nil)
}

// endFirst notes that the first read is over.
func (f *folder) endFirst(first time.Time, yield func(Item, error) bool) {
	yield(Item{Notes: map[string]string{"first": strconv.FormatInt(first.Unix(), 10), "reading": ""}}, nil)
}

// readAhead is how many bulletins may wait to be taken, so that reading goes on
// while a batch of them is stored.
const readAhead = 256

// yieldChanged reads the changed files concurrently, yields them in the order of their
// dates and reports whether to go on, and which pictures of the folder they show.
func (f *folder) yieldChanged(ctx context.Context, root *os.Root, changed []changedFile, first time.Time, yield func(Item, error) bool) (shown map[string]bool, ok bool) {
	shown = map[string]bool{}
	var readers sync.WaitGroup
	defer readers.Wait()
	reading, stop := context.WithCancel(ctx)
	defer stop()
	ahead := make(chan chan Item, readAhead)
	working := make(chan struct{}, runtime.GOMAXPROCS(0))
	readers.Go(func() {
		defer close(ahead)
		for _, l := range changed {
			result := make(chan Item, 1)
			select {
			case ahead <- result:
			case <-reading.Done():
				return
			}
			readers.Go(func() {
				defer close(result)
				working <- struct{}{}
				defer func() { <-working }()
				if item, ok := f.item(reading, root, l, first); ok {
					result <- item
				}
			})
		}
	})
	order := byDate{yield: yield}
	for result := range ahead {
		item, ok := <-result
		for _, name := range item.Shows {
			shown[name] = true
		}
		if ok && !order.add(item) {
			return shown, false
		}
	}
	if err := ctx.Err(); err != nil {
		yield(Item{}, err)
		return shown, false
	}
	return shown, order.flush()
}

// sleep waits and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
