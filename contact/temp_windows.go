package contact

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// unlinkedTemp makes a file that is gone with the process, however that ends: the
// system removes it as its last handle is closed.
func unlinkedTemp(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, ".list-"+rand.Text()), os.O_RDWR|os.O_CREATE|os.O_EXCL|windows.O_FILE_FLAG_DELETE_ON_CLOSE, 0o600)
}
