package store

import (
	"errors"
	"testing"
	"time"

	"bantin"
)

// A token works until it ends or is revoked; then its name is free.
func TestOfficeTokens(t *testing.T) { eachDatabase(t, testOfficeTokens) }

func testOfficeTokens(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	add := func(hash string) error {
		return db.Office().AddToken(ctx, OfficeToken{Hash: hash, Name: "thong-ke", MayWrite: hash == "b", Expires: clock.t.Add(time.Hour)}, "root")
	}
	fine(t, add("a"))
	if err := add("b"); !errors.Is(err, ErrTokenExists) {
		t.Errorf("a second one of the name: %v", err)
	}
	if got, err := db.Office().Token(ctx, "a"); err != nil || got.Name != "thong-ke" || got.MayWrite || !got.Created.Equal(clock.t) {
		t.Errorf("%+v, %v", got, err)
	}
	clock.t = clock.t.Add(time.Hour)
	if _, err := db.Office().Token(ctx, "a"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("an old token: %v", err)
	}
	fine(t, add("b"))
	if got, err := db.Office().Token(ctx, "b"); err != nil || !got.MayWrite {
		t.Errorf("%+v, %v", got, err)
	}
	fine(t, db.Office().RevokeToken(ctx, "thong-ke", "root"))
	if err := db.Office().RevokeToken(ctx, "thong-ke", "root"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
}
