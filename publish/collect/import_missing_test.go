package collect

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/store"
)

// A complete list ends who came by it and is not on it any more, and nobody else; a dry
// run tells, an undo and a later list take it back. Rejected rows may be theirs.
func TestCompleteList(t *testing.T) {
	o := officetest.New(t)
	file := filepath.Join(t.TempDir(), "danh-sach.csv")
	im := &Importer{DB: o.DB, Audience: audience(o), Secret: []byte("khóa"), Digests: []*bantin.Digest{o.Digest}, Language: "vi"}
	run := func(text string, list List) Imported {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list.File = file
		done, err := im.Import(t.Context(), list, func(_, _ int) {})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	gets := func(address string) bool {
		t.Helper()
		c, err := o.DB.Contacts().Get(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		a := im.Audience(o.Digest, time.Now())
		return a.ReasonFor(&c, o.Digest.ID).Included()
	}
	if _, err := o.DB.Imports().ApplyBatch(t.Context(), store.ImportBatch{Contacts: []bantin.Contact{{Email: "tay@example.org"}}, Origin: bantin.OriginOffice, Secret: im.Secret}); err != nil {
		t.Fatal(err)
	}
	run("email\nlan@example.org\nmai@example.org\nhoa@example.org\n", List{})

	if done := run("email\nlan@example.org\nhoa@\n", List{Complete: true}); done.Ended != 0 || !done.Incomplete || done.Missing != 2 {
		t.Errorf("with a rejected row: %+v", done)
	}
	if done := run("email\nlan@example.org\n", List{Complete: true, Dry: true}); done.Ended != 2 || !gets("mai@example.org") {
		t.Errorf("dry run: %+v", done)
	}
	if done := run("email\nlan@example.org\n", List{}); done.Ended != 0 || done.Missing != 2 || !gets("mai@example.org") {
		t.Errorf("not complete: %+v", done)
	}
	if done := run("email\nlan@example.org\n", List{Complete: true}); done.Ended != 2 || gets("mai@example.org") || gets("hoa@example.org") || !gets("lan@example.org") || !gets("tay@example.org") {
		t.Errorf("complete: %+v", done)
	}
	if done := run("email\nlan@example.org\n", List{Complete: true}); done.Ended != 0 || done.Missing != 0 {
		t.Errorf("again: %+v", done)
	}
	last, err := o.DB.Imports().LastToUndo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	undone, err := o.DB.Imports().Undo(t.Context(), last, time.UTC, func(int) {})
	if err != nil || undone.Restored != 2 || !gets("mai@example.org") {
		t.Errorf("undo: %+v, %v", undone, err)
	}
	run("email\nlan@example.org\n", List{Complete: true})
	if done := run("email\nlan@example.org\nmai@example.org\n", List{}); done.Changed != 1 || !gets("mai@example.org") || gets("hoa@example.org") {
		t.Errorf("named again: %+v", done)
	}
}
