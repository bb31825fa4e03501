package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func TestProblems(t *testing.T) { eachDatabase(t, testProblems) }

func testProblems(t *testing.T, db *DB, clock *clock) {
	sources := db.Sources()
	expect := func(when string, want ...string) {
		t.Helper()
		list, err := sources.Problems(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list {
			if p.Since.IsZero() || p.Hint.In(bantin.Vietnamese) == "" {
				t.Errorf("%s: not all is said: %+v", when, p)
			}
			got = append(got, fmt.Sprintf("%s %s %s", p.Item, p.Kind, p.What.In(bantin.Vietnamese)))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", when, d)
		}
	}
	note := func(found []bantin.Problem, ended ...string) {
		t.Helper()
		if err := sources.RecordProblems(t.Context(), "van-phong", found, ended); err != nil {
			t.Fatal(err)
		}
	}
	problem := func(item string, kind bantin.ProblemKind, what string) *bantin.Problem {
		return &bantin.Problem{Item: item, Kind: kind, What: bantin.NewNote(what, what+" (en)"), Hint: bantin.NewNote("sửa lại", "mend it")}
	}
	note([]bantin.Problem{*problem("tin.zip", bantin.ProblemUnread, "tệp nén"), *problem("hỏng.docx", bantin.ProblemUnread, "tệp hỏng")})
	held := tin("quet.md", "Bản quét")
	held.Bulletin.Held = bantin.NewNote("chưa có chữ", "no words")
	part := tin("anh.md", "Tin thiếu ảnh")
	part.Problem = problem("anh.md", bantin.ProblemPart, "thiếu ảnh")
	arrive(t, db, held, part)
	all := []string{"hỏng.docx unread tệp hỏng", "tin.zip unread tệp nén", "anh.md part thiếu ảnh", "quet.md held chưa có chữ"}
	expect("at first", all...)
	note([]bantin.Problem{*problem("tin.zip", bantin.ProblemUnread, "tệp nén")})
	expect("looked at again", all...)

	// Each ends in its own way.
	mended := tin("hỏng.docx", "Tệp đã lành")
	mended.HadProblem = true
	arrive(t, db, mended)
	whole := tin("anh.md", "Tin thiếu ảnh, nay đủ")
	whole.HadProblem = true
	arrive(t, db, whole)
	if err := sources.MarkItemsGone(t.Context(), "van-phong", []string{"tin.zip"}); err != nil {
		t.Fatal(err)
	}
	expect("mended", "quet.md held chưa có chữ")
	if _, err := db.Bulletins().Release(t.Context(), "van-phong-quet", nil); err != nil {
		t.Fatal(err)
	}
	expect("released")
	if _, err := db.Bulletins().Hold(t.Context(), "van-phong-quet", "xem lại"); err != nil {
		t.Fatal(err)
	}
	expect("held by a person", "quet.md held xem lại")
	if _, err := db.Bulletins().Withdraw(t.Context(), "van-phong-quet"); err != nil {
		t.Fatal(err)
	}
	expect("withdrawn")

	// What is missing of a withdrawn bulletin is nobody's problem, and what a site no
	// longer tells is forgotten after a while.
	arrive(t, db, part)
	if _, err := db.Bulletins().Withdraw(t.Context(), "van-phong-anh"); err != nil {
		t.Fatal(err)
	}
	note([]bantin.Problem{*problem("thu", bantin.ProblemUnread, "thư lạ")})
	expect("withdrawn in part", "thu unread thư lạ")
	clock.t = clock.t.Add(32 * 24 * time.Hour)
	if err := sources.ExpireProblems(t.Context(), "van-phong", bantin.NewsWindow); err != nil {
		t.Fatal(err)
	}
	expect("a month later")
	note([]bantin.Problem{*problem("b.zip", bantin.ProblemUnread, "tệp nén")})
	if err := sources.Rename(t.Context(), "van-phong", "vp"); err != nil {
		t.Fatal(err)
	}
	if items, err := sources.ProblemItems(t.Context(), "vp"); err != nil || items["b.zip"] != bantin.ProblemUnread {
		t.Errorf("renamed: %v, %v", items, err)
	}
	note(nil, "b.zip")
}

// A source that says at each read what is stored writes nothing.
func TestSameStateWritesNothing(t *testing.T) { eachDatabase(t, testSameStateWritesNothing) }

func testSameStateWritesNothing(t *testing.T, db *DB, _ *clock) {
	problems := []bantin.Problem{{Item: "bài 1", Kind: bantin.ProblemUnread, What: bantin.NewNote("không đọc được", "it cannot be read")}}
	versions, notes := map[string]string{"bài 2": "v1"}, map[string]string{"etag": `"a"`, "reading": ""}
	state := func(ctx context.Context) error {
		return errors.Join(db.Sources().RecordProblems(ctx, "ban-tin", problems, nil), db.Sources().SaveItemVersions(ctx, "ban-tin", versions, notes))
	}
	// Somebody who writes waits for this transaction, which waits for them.
	besideWriter := func() (inner error) {
		t.Helper()
		err := db.write(t.Context(), "hold the lock", func(*sql.Tx) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			inner = state(ctx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return inner
	}
	if err := besideWriter(); err == nil {
		t.Error("what is new was stored beside a writer: this test sees no writes")
	}
	if err := state(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := besideWriter(); err != nil {
		t.Errorf("what is stored was written again: %v", err)
	}
	notes["etag"] = `"b"`
	if err := state(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Sources().Notes(t.Context(), "ban-tin"); err != nil || got["etag"] != `"b"` {
		t.Errorf("%v, %v", got, err)
	}
}
