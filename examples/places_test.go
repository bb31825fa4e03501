package examples_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bantin/examples"
	"bantin/picture"
	"bantin/place"
	"bantin/source"
)

// placesOf gives, by the file of each sample, what its text names.
func placesOf(t *testing.T) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	bulletins, err := fs.Sub(examples.Files, "bulletins")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "bulletins"), bulletins); err != nil {
		t.Fatal(err)
	}
	pictures, err := picture.Open(filepath.Join(dir, "images"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Open(source.Spec{ID: "van-phong", Kind: "folder", Path: filepath.Join(dir, "bulletins"), Pictures: pictures, Rest: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	atlas := place.NewAtlas(nil)
	places := map[string][]string{}
	for item, err := range s.Read(context.Background(), nil) {
		if err != nil || item.Err != nil {
			t.Fatal(err, item.Err)
		}
		if item.Notes != nil || item.Seen { // a picture is shown by its bulletin
			continue
		}
		b := item.Bulletin
		places[b.SourceID] = atlas.Find(source.Prose(b), dayOf(b)).Places
	}
	return places
}
