package bantin_test

import (
	"path/filepath"
	"testing"
)

// Each migration has a number of its own: goose opens no database where two share one.
// It stands here and not in store, so that the quick check before a merge runs it.
func TestMigrationsAreNumbered(t *testing.T) {
	for _, folder := range []string{"sqlite", "postgres"} {
		files, err := filepath.Glob("store/migrations/" + folder + "/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		known := map[string]string{}
		for _, file := range files {
			number := filepath.Base(file)[:5]
			if other := known[number]; other != "" {
				t.Errorf("%s and %s have one number", other, file)
			}
			known[number] = file
		}
	}
}
