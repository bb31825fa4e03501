package store

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"bantin"
)

// An upload is done once, by one, and goes after its hour.
func TestUploads(t *testing.T) { eachDatabase(t, testUploads) }

func testUploads(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	file := bytes.Repeat([]byte("lan@example.org,Lan\n"), 80_000) // several parts
	u := Upload{Hash: "x", Name: "danh-sach.csv", Report: "{}", Expires: clock.t.Add(time.Hour)}
	fine(t, db.Uploads().Add(ctx, u, map[UploadKind]io.Reader{UploadFile: bytes.NewReader(file), UploadRejected: bytes.NewReader([]byte("a"))}))
	got, err := db.Uploads().Get(ctx, "x")
	if err != nil || got.Name != u.Name || got.Status != UploadTried || !got.Expires.Equal(u.Expires) {
		t.Errorf("%+v, %v", got, err)
	}
	var b bytes.Buffer
	if err := db.Uploads().Copy(ctx, "x", UploadFile, &b); err != nil || !bytes.Equal(b.Bytes(), file) {
		t.Errorf("%d bytes of %d, %v", b.Len(), len(file), err)
	}
	fine(t, db.Uploads().Claim(ctx, "x"))
	if err := db.Uploads().Claim(ctx, "x"); !errors.Is(err, bantin.ErrConflict) {
		t.Errorf("claimed twice: %v", err)
	}
	fine(t, db.Uploads().Release(ctx, "x"))
	fine(t, db.Uploads().Claim(ctx, "x"))
	fine(t, db.Uploads().Settle(ctx, "x", `{"Rows":1}`))
	if err := db.Uploads().Claim(ctx, "x"); !errors.Is(err, bantin.ErrConflict) {
		t.Errorf("done twice: %v", err)
	}
	if err := db.Uploads().Copy(ctx, "x", UploadFile, &b); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("the file is kept: %v", err)
	}
	fine(t, db.Uploads().Copy(ctx, "x", UploadRejected, &b))
	if got, err := db.Uploads().Get(ctx, "x"); err != nil || got.Status != UploadDone || got.Report != `{"Rows":1}` {
		t.Errorf("%+v, %v", got, err)
	}
	clock.t = clock.t.Add(time.Hour)
	if _, err := db.Uploads().Get(ctx, "x"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("after an hour: %v", err)
	}
	fine(t, db.Uploads().Add(ctx, Upload{Hash: "y", Expires: clock.t.Add(time.Hour)}, nil))
	if err := db.Uploads().Copy(ctx, "x", UploadRejected, &b); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("an expired upload is kept: %v", err)
	}
}
