package store

import (
	"strings"
	"testing"

	"bantin"
)

func TestWithheldFiles(t *testing.T) { eachDatabase(t, testWithheldFiles) }

func testWithheldFiles(t *testing.T, db *DB, _ *clock) {
	const photo, plan, former = "0123456789abcdef0123456789abcdef", "11111111111111111111111111111111", "22222222222222222222222222222222"
	with := func(a Arrival, pictures ...string) Arrival {
		for _, hash := range pictures {
			a.Bulletin.Images = append(a.Bulletin.Images, bantin.Image{Src: "/images/" + hash + ".jpg"})
		}
		a.Bulletin.Attachments = []bantin.Attachment{{Src: "/files/" + plan + "-ke-hoach.pdf"}}
		return a
	}
	want := func(when string, withheld string) {
		t.Helper()
		var got []string
		for _, name := range []string{photo + ".jpg", photo + "-656x437.jpg", plan + "-ke-hoach.pdf", former + ".jpg", "khong-ai-co.png"} {
			is, err := db.Bulletins().IsWithheld(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if is {
				got = append(got, name[:2])
			}
		}
		if s := strings.Join(got, " "); s != withheld {
			t.Errorf("%s: %q are withheld, want %q", when, s, withheld)
		}
	}
	bulletins := db.Bulletins()
	arrive(t, db, with(tin("a.md", "Phú Thọ tổng kết năm"), photo, former))
	revised := with(tin("a.md", "Phú Thọ tổng kết năm 2026"), photo)
	arrive(t, db, revised)
	want("shown", "")
	must(t)(bulletins.Withdraw(t.Context(), "van-phong-a"))
	want("withdrawn", "01 01 11 22")
	arrive(t, db, with(tin("b.md", "Sơn La trao học bổng"), photo))
	want("another shows them too", "22")
	must(t)(bulletins.Hold(t.Context(), "van-phong-b", "xem lại"))
	want("that one is held", "01 01 11 22")
	must(t)(bulletins.Release(t.Context(), "van-phong-b", byPlace))
	want("and released", "22")
	arrive(t, db, with(tin("c.md", "Lào Cai khai giảng"), former))
	must(t)(bulletins.Merge(t.Context(), "van-phong-b", "van-phong-c"))
	want("merged into one that is shown", "")
	must(t)(bulletins.Withdraw(t.Context(), "van-phong-b"))
	want("which is withdrawn", "01 01 11 22")
}

// What a database had before there was the list of files is in it.
func TestFilesOfEarlierVersions(t *testing.T) { eachDatabase(t, testFilesOfEarlierVersions) }

func testFilesOfEarlierVersions(t *testing.T, db *DB, _ *clock) {
	a := tin("a.md", "Phú Thọ tổng kết năm")
	a.Bulletin.Images = []bantin.Image{{Src: "/images/0123456789abcdef0123456789abcdef.jpg"}, {Caption: "Chỉ có chú thích"}, {Src: "https://example.org/a.jpg"}}
	a.Bulletin.Attachments = []bantin.Attachment{{Src: "/files/11111111111111111111111111111111-ke-hoach.pdf"}}
	arrive(t, db, a, tin("b.md", "Sơn La trao học bổng"))
	list := func() string {
		rows, err := collectColumn[string](t.Context(), db.reader, `SELECT hash FROM bulletin_files ORDER BY hash`)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows, " ")
	}
	now := list()
	text, err := migrations.ReadFile(db.dialect("migrations/sqlite/", "migrations/postgres/") + "00032_bulletin_files.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, fill, _ := strings.Cut(string(text), "INSERT")
	for _, statement := range []string{`DELETE FROM bulletin_files`, "INSERT" + fill} {
		if _, err := db.writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if was := list(); was != now || strings.Count(now, " ") != 1 {
		t.Errorf("the migration lists %q, a new bulletin %q", was, now)
	}
}

// What versions before this one stored of pictures on other hosts is not shown.
func TestForeignPicturesOfEarlierVersions(t *testing.T) {
	db, _ := open(t)
	a := tin("a.md", "Phú Thọ tổng kết năm")
	a.Bulletin.HTML = `<figure><img src="https://example.net/a.jpg" alt=""><figcaption>Lễ</figcaption></figure>`
	a.Bulletin.Images = []bantin.Image{{Src: "https://example.net/a.jpg", Caption: "Lễ"}}
	arrive(t, db, a)
	b := bulletin(t, db, "van-phong-a")
	if strings.Contains(b.HTML, "example.net") || b.Images[0] != (bantin.Image{Caption: "Lễ", Elsewhere: "https://example.net/a.jpg"}) {
		t.Errorf("it shows %s, %+v", b.HTML, b.Images)
	}
	if again := arrive(t, db, a); again[0].Kind != Unchanged {
		t.Errorf("a second look is %v", again[0].Kind)
	}
}
