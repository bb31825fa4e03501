package syndicate

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifest lists what this export leaves, under the installation's name.
func (s *staging) manifest(instance string) []byte {
	slices.Sort(s.now)
	return []byte(instance + "\n" + strings.Join(slices.Compact(s.now), "\n") + "\n")
}

// remove takes away what an earlier export wrote and this one did not.
func (s *staging) remove() (removed int) {
	for _, name := range s.known {
		if _, stays := slices.BinarySearch(s.now, name); stays || isIncluded(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		if os.Remove(s.target(name)) == nil {
			removed++
		}
	}
	return removed
}

// isIncluded is true of the configuration that exports once wrote: a web server that
// includes a file which is gone does not start.
func isIncluded(name string) bool { return name == "bantin.nginx.conf" || name == "bantin.Caddyfile" }

// readManifest gives what the last export left, in order, and refuses a folder
// that holds the feeds of another installation.
func readManifest(dir, instance string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != instance {
		return nil, &FolderError{Dir: dir, Taken: true}
	}
	slices.Sort(lines[1:])
	return lines[1:], nil
}
