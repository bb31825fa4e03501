package store

import (
	"errors"
	"strings"
	"testing"

	"bantin"
)

// A database knows the secret it was used with: another one is refused, unless it says
// that the one of before is a former one.
func TestCheckSecret(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) {
		for _, test := range []struct {
			now    string
			former []string
			want   error
		}{
			{"a", nil, nil}, // the first one
			{"a", nil, nil},
			{"b", nil, ErrOtherSecret},
			{"b", []string{"c"}, ErrOtherSecret},
			{"a", nil, nil},
			{"b", []string{"c", "a"}, nil},
			{"b", nil, nil},
			{"a", nil, ErrOtherSecret},
		} {
			if err := db.CheckSecret(t.Context(), test.now, test.former); !errors.Is(err, test.want) {
				t.Errorf("%s after %v: %v, want %v", test.now, test.former, err, test.want)
			}
		}
	})
}

// Who was erased under a former secret does not come back by an import, and may sign up
// again.
func TestErasedUnderFormerSecret(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) {
		list := []bantin.Contact{{Email: "lan@example.org"}, {Email: "minh@example.org"}}
		apply := func(secret string) ImportCounts {
			t.Helper()
			counts, err := db.Imports().Apply(t.Context(), list, bantin.OriginImport, []byte(secret), false)
			if err != nil {
				t.Fatal(err)
			}
			return counts
		}
		apply("cũ")
		if err := db.Contacts().Erase(t.Context(), "lan@example.org", []byte("cũ")); err != nil {
			t.Fatal(err)
		}
		db.UseFormerErasedKeys([][]byte{[]byte("cũ")})
		if counts := apply("mới"); counts.Erased != 1 || counts.Added != 0 {
			t.Errorf("%+v", counts)
		}
		if is, err := db.Contacts().IsErased(t.Context(), "lan@example.org", []byte("mới")); !is || err != nil {
			t.Errorf("is erased: %v, %v", is, err)
		}
	})
}

// The password is asked for at each connection, so that a new one is used without a
// restart; where it cannot be read that is said.
func TestDatabasePassword(t *testing.T) {
	asked := 0
	db, err := Open(t.Context(), t.TempDir(), Options{URL: postgres.Database(t), Password: func() (string, error) {
		asked++
		return "mật khẩu", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Ping(t.Context()); err != nil || asked < 2 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	unreadable := errors.New("không đọc được tệp")
	if _, err := Open(t.Context(), t.TempDir(), Options{URL: postgres.Database(t), Password: func() (string, error) { return "", unreadable }}); !errors.Is(err, unreadable) {
		t.Errorf("%v", err)
	}
}

// An address that cannot be read is told without its password.
func TestDatabaseAddressIsRedacted(t *testing.T) {
	for _, url := range []string{"postgres://bantin:bí-mật@db.example.org:cổng/bantin", "postgres://bantin:bí mật@db.example.org/bantin%zz", "postgres:/bantin:bí-mật@db"} {
		_, err := Open(t.Context(), t.TempDir(), Options{URL: url})
		if err == nil || strings.Contains(err.Error(), "mật") || strings.Contains(err.Error(), "%E1%BA%ADt") {
			t.Errorf("%v", err)
		}
	}
}
