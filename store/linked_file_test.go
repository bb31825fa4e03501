package store

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"bantin"
)

func TestLinkedFiles(t *testing.T) { eachDatabase(t, testLinkedFiles) }

// A file goes with what names it: a composition, then its edition. It is removed with a
// draft that is cancelled, by a person or by the next due time, and when nothing names it.
func testLinkedFiles(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	people(t, db, bantin.LevelProvince, "a@example.org")
	d := digest()
	d.Approve, d.WhenEmpty = true, bantin.WhenEmptySend
	content := bytes.Repeat([]byte("%PDF-kế hoạch"), uploadPart/8)
	add := func(id string) *bantin.LinkedFile {
		t.Helper()
		if err := db.LinkedFiles().Add(ctx, id, content); err != nil {
			t.Fatal(err)
		}
		return &bantin.LinkedFile{ID: id, Name: id + ".pdf", Type: "application/pdf", Size: int64(len(content))}
	}
	compose := func(f *bantin.LinkedFile) {
		t.Helper()
		was, err := db.Compositions().Current(ctx, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		now, err := db.Compositions().Put(ctx, d.ID, CompositionChange{Composition: bantin.Composition{File: f}, Version: was.Version, Edition: was.Edition})
		if err != nil || now.Version != was.Version+1 {
			t.Fatal(now, err)
		}
	}
	due := func() bantin.Edition {
		t.Helper()
		clock.t = clock.t.Add(2 * time.Hour)
		e, _, err := db.Editions().Make(ctx, EditionPlan{Digest: d, Due: clock.t, Audience: Audience{AnyPlace: true, Site: "vi"}, EndsDrafts: true})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	is := func(f *bantin.LinkedFile, there bool) {
		t.Helper()
		clock.t = clock.t.Add(2 * unusedFor)
		if err := db.LinkedFiles().Prune(ctx); err != nil {
			t.Fatal(err)
		}
		r, err := db.LinkedFiles().Open(ctx, f)
		if !there {
			if left, more := anyRow(ctx, db.reader, `SELECT EXISTS (SELECT 1 FROM linked_file_parts WHERE file = $1)`, f.ID); !errors.Is(err, bantin.ErrNotFound) || left || more != nil {
				t.Errorf("%s is there: %v, its parts %v %v", f.ID, err, left, more)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s has %d bytes, want %d: %v", f.ID, len(got), len(content), err)
		}
		if _, err := r.Seek(uploadPart-2, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(io.LimitReader(r, 4)); err != nil || !bytes.Equal(got, content[uploadPart-2:uploadPart+2]) {
			t.Errorf("%s across parts: %q %v", f.ID, got, err)
		}
	}

	first, second := add("mot"), add("hai")
	compose(first)
	is(first, true)
	is(second, false) // nothing names it
	e := due()
	if e.Composed == nil || e.Composed.File == nil || *e.Composed.File != *first {
		t.Fatalf("the draft has %+v", e.Composed)
	}
	is(first, true)
	second = add("hai-nua")
	compose(second) // in place of the first, in the draft
	is(first, false)
	is(second, true)
	if _, err := db.Editions().Cancel(ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	is(second, false)
	third := add("ba")
	compose(third)
	due()
	due() // ends the draft
	is(third, false)
	last := add("bon")
	compose(last)
	e, _, err := db.Editions().Draft(ctx, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Editions().Approve(ctx, e.ID, EditionApproval{Version: 1, Who: "lan", Audience: Audience{AnyPlace: true, Site: "vi"}}); !errors.Is(err, ErrChanged) {
		t.Errorf("a version without the file is approved: %v", err)
	}
	if _, err := db.Editions().Approve(ctx, e.ID, EditionApproval{Version: 2, Who: "lan", Audience: Audience{AnyPlace: true, Site: "vi"}}); err != nil {
		t.Fatal(err)
	}
	is(last, true)
}
