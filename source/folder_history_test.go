package source_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"bantin/source"
)

// What a folder's first read finds and is old is history, also where the read was
// interrupted; a file that comes later is news, whatever its date, and so is one of a
// folder that was read before there was such a note.
func TestFolderHistory(t *testing.T) {
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	post := func(dir, name, day string) {
		write(t, dir+"/"+name+".md", "---\ntitle: Tin "+name+"\ndate: "+day+"\n---\nNội dung của tin "+name+".\n")
	}
	dir, notes, seen := t.TempDir(), map[string]string{}, map[string]string{}
	look := func(most int) map[string]bool {
		t.Helper()
		history := map[string]bool{}
		for item, err := range open(t, source.Spec{ID: "van-phong", Path: dir, Now: func() time.Time { return now }, Notes: func(context.Context) (map[string]string, error) { return notes, nil }}).Read(t.Context(), seen) {
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(notes, item.Notes)
			if item.Bulletin != nil {
				history[item.ID] = item.History
				seen[item.ID] = item.Version
			}
			if len(history) == most {
				break
			}
		}
		return history
	}
	post(dir, "a", "2020-09-05")
	post(dir, "b", "2021-09-05")
	post(dir, "c", "2026-11-20")
	if got := look(1); len(got) != 1 {
		t.Fatal(got)
	}
	now = now.Add(24 * time.Hour)
	if got := look(-1); !maps.Equal(got, map[string]bool{"b.md": true, "c.md": false}) {
		t.Errorf("after an interruption: %v", got)
	}
	post(dir, "d", "2020-09-05")
	if got := look(-1); !maps.Equal(got, map[string]bool{"d.md": false}) {
		t.Errorf("later: %v", got)
	}

	dir, notes = t.TempDir(), map[string]string{} // of an earlier version: no notes
	post(dir, "e", "2020-09-05")
	if got := look(-1); !maps.Equal(got, map[string]bool{"e.md": false}) {
		t.Errorf("after an upgrade: %v", got)
	}

	dir, seen = t.TempDir(), map[string]string{} // empty at first
	look(-1)
	post(dir, "g", "2020-09-05")
	if got := look(-1); !maps.Equal(got, map[string]bool{"g.md": false}) {
		t.Errorf("after an empty first read: %v", got)
	}
}
