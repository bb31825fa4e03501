package oauth2

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// RefreshToken keeps a refresh token in a file. Some token servers replace it
// with each use and refuse the old one from then on (RFC 6749 6). What somebody
// writes into the file while the program runs counts.
type RefreshToken struct {
	name string
	read func() (string, error) // reads the file

	mu       sync.Mutex
	inFile   string // as it was when kept was taken
	replaced string // the token in place of inFile, where the file could not be written
}

// NewRefreshToken makes one. read returns what the file says: it may name an
// environment variable in place of the token.
func NewRefreshToken(name string, read func() (string, error)) *RefreshToken {
	return &RefreshToken{name: name, read: read}
}

// Name is the name of the file.
func (f *RefreshToken) Name() string { return f.name }

// refreshError says that there is no refresh token to show.
type refreshError struct{ error }

func (e *refreshError) Unwrap() error { return e.error }

// Load returns the token to show next.
func (f *RefreshToken) Load() (string, error) {
	token, err := f.read()
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.replaced != "" && (err != nil || token == f.inFile):
		return f.replaced, nil
	case err != nil:
		return "", &refreshError{fmt.Errorf("read the refresh token: %w", err)}
	case token == "":
		return "", &refreshError{fmt.Errorf("read the refresh token: %s is empty", f.name)}
	}
	return token, nil
}

// Store keeps the token that comes next. The file is replaced whole: half a token
// would be none. After an error Load returns the token all the same, as long as the
// process lives.
func (f *RefreshToken) Store(token string) error {
	before, err := f.read()
	if err == nil {
		err = f.write(token)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.inFile, f.replaced = before, token
		return err
	}
	f.inFile, f.replaced = "", ""
	return nil
}

// errVariable means that the token is not in the file.
var errVariable = errors.New("the refresh token is in an environment variable")

func (f *RefreshToken) write(token string) error {
	text, err := os.ReadFile(f.name)
	if err != nil {
		return err
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "${") {
		return errVariable
	}
	info, err := os.Stat(f.name)
	if err != nil {
		return err
	}
	name, err := filepath.EvalSymlinks(f.name)
	if err != nil {
		return err
	}
	return writeFileWhole(name, token+"\n", info.Mode().Perm())
}

// writeFileWhole writes a file beside the old one and puts it in its place.
func writeFileWhole(name, text string, mode os.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".bantin-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone after the rename
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
