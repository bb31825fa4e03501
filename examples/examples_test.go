package examples_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/examples"
	"bantin/picture"
	"bantin/place"
	"bantin/source"
	"bantin/source/extract"
)

// The samples are what people see first, so nothing may be wrong with them.
func TestBulletins(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, examples.Files); err != nil {
		t.Fatal(err)
	}
	pictures, err := picture.Open(filepath.Join(dir, "images"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Open(source.Spec{
		ID: "van-phong", Kind: "folder", Path: filepath.Join(dir, "bulletins"),
		Location: time.UTC, Pictures: pictures, Rest: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	atlas := place.NewAtlas(nil)
	found := tally{}
	var bulletins []*bantin.Bulletin
	for item, err := range s.Read(context.Background(), nil) {
		if err != nil || item.Err != nil {
			t.Fatal(err, item.Err)
		}
		if item.Notes != nil || item.Seen { // a picture is shown by its bulletin
			continue
		}
		bulletins = append(bulletins, item.Bulletin)
		found.check(t, atlas, item.Bulletin)
	}
	if len(bulletins) < 12 || len(found.places) < 12 || len(found.clusters) < 4 || found.pictures < 5 || !found.english {
		t.Errorf("%d bulletins, of %d places and %d clusters, with %d pictures; English: %t",
			len(bulletins), len(found.places), len(found.clusters), found.pictures, found.english)
	}
	for i, a := range bulletins {
		for _, b := range bulletins[i+1:] {
			if share := extract.Similar(source.Prose(a), source.Prose(b)); share > 0.25 {
				t.Errorf("%s and %s share %.2f of their words: one would pass for a revision of the other", a.ID, b.ID, share)
			}
		}
	}
}

// tally is what all samples have together.
type tally struct {
	places, clusters []string
	pictures         int
	english          bool
}

func (s *tally) check(t *testing.T, atlas *place.Atlas, b *bantin.Bulletin) {
	t.Helper()
	if len(b.Warnings) > 0 {
		t.Errorf("%s: %q", b.SourceID, b.Warnings)
	}
	if b.Lead == "" || b.Text == "" || b.Title != strings.TrimSpace(b.Title) {
		t.Errorf("%s: incomplete: %+v", b.SourceID, b)
	}
	inText := atlas.Find(source.Prose(b), dayOf(b))
	for _, slug := range b.Places {
		if !slices.Contains(inText.Places, slug) {
			t.Errorf("%s: its front matter names %s, its text does not: %q", b.SourceID, slug, inText.Places)
		}
	}
	s.places = append(s.places, inText.Places...)
	slices.Sort(s.places)
	s.places = slices.Compact(s.places)
	s.clusters = append(s.clusters, inText.Clusters...)
	slices.Sort(s.clusters)
	s.clusters = slices.Compact(s.clusters)
	s.english = s.english || b.Language == "en"
	for _, image := range b.Images {
		if image.Src == "" {
			continue
		}
		s.pictures++
		if image.Alt == "" || image.Caption == "" || image.Width == 0 || image.Length > 40<<10 {
			t.Errorf("%s: picture %+v", b.SourceID, image)
		}
	}
}

func TestContacts(t *testing.T) {
	f, err := examples.Files.Open("contacts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := contact.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if ignored := r.Ignored(); len(ignored) > 0 {
		t.Errorf("columns that mean nothing: %q", ignored)
	}
	rows, english := 0, 0
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
		if row.Contact.Language == bantin.English {
			english++
		}
		if len(row.Warnings) > 0 || row.Contact.Place == "" || row.Contact.Level == "" ||
			!strings.HasSuffix(row.Contact.Email, "@example.org") {
			t.Errorf("line %d: %+v", row.Line, row)
		}
	}
	if rows < 12 || english == 0 {
		t.Errorf("%d contacts, %d in English", rows, english)
	}
}

// Nothing that a trial writes beside the samples is put into the binary.
func TestFiles(t *testing.T) {
	err := fs.WalkDir(examples.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && name != "bantin.yaml" && name != "contacts.csv" && !strings.HasPrefix(name, "bulletins/") {
			t.Errorf("%s is embedded", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// dayOf is the day of a sample. Most have none: they are news whenever somebody tries
// the program, while one that is dated long before a folder's first read is history.
func dayOf(b *bantin.Bulletin) bantin.Day {
	if b.Published.IsZero() {
		return bantin.DayOf(time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC))
	}
	return bantin.DayOf(b.Published)
}
