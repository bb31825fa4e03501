package store

import (
	"errors"
	"testing"
	"time"

	"bantin"
)

func TestAudienceByPlace(t *testing.T) { eachDatabase(t, testAudienceByPlace) }

// Each change of who would get a digest is in the next count.
func testAudienceByPlace(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	people(t, db, bantin.LevelProvince, "a@example.org", "b@example.org", "c@example.org")
	everybody := Audience{AnyPlace: true, Site: "vi", Day: bantin.DayOf(clock.t)}
	is := func(after string, want int) {
		t.Helper()
		n, err := db.Digests().AudienceByPlace(ctx, "hang-tuan", everybody)
		if err != nil || n.Count != want || n.Levels[bantin.LevelProvince] != want {
			t.Errorf("after %s: %+v, want %d: %v", after, n, want, err)
		}
		n.Places["hue"] = 99 // a caller's copy
	}
	is("the import", 3)
	people(t, db, bantin.LevelProvince, "d@example.org")
	is("another import", 4)
	if _, err := db.Suppressions().Add(ctx, "a@example.org", "user-unknown", clock.t); err != nil {
		t.Fatal(err)
	}
	is("a suppression", 3)
	if err := db.Suppressions().Remove(ctx, "a@example.org"); err != nil {
		t.Fatal(err)
	}
	is("its removal", 4)
	if err := db.Contacts().Erase(ctx, "b@example.org", []byte("k")); err != nil {
		t.Fatal(err)
	}
	is("an erasure", 3)
	is("nothing", 3)
}

// While nothing changes, or a count takes long, the last one is given.
func TestAudienceCache(t *testing.T) {
	var c audienceCache
	counted := 0
	count := func() (bantin.AudienceCount, error) { counted++; return bantin.AudienceCount{Count: counted}, nil }
	take := func(key, version string, want int) {
		t.Helper()
		if n, err := c.take(key, version, count); err != nil || n.Count != want {
			t.Errorf("%s at %s: %d, want %d: %v", key, version, n.Count, want, err)
		}
	}
	take("a", "1", 1)
	take("a", "1", 1)
	take("b", "1", 2)
	take("a", "2", 3)
	last := c.counts["a"]
	last.took = time.Minute
	c.counts["a"] = last
	take("a", "3", 3) // counting took a minute
	last.at = time.Now().Add(-time.Hour)
	c.counts["a"] = last
	take("a", "3", 4)
	if _, err := c.take("c", "1", func() (bantin.AudienceCount, error) { return bantin.AudienceCount{}, errors.New("locked") }); err == nil {
		t.Error("an error is lost")
	}
	take("c", "1", 5)
}
