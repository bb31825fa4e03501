package mailbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emersion/go-imap/v2"
)

// Try looks whether a mailbox can be read now, and reads nothing of it: it logs in and
// opens the folder, or lists the files of a Maildir.
func Try(ctx context.Context, address string, opt Options) error {
	box, err := Open(address, opt)
	if err != nil {
		return err
	}
	switch b := box.(type) {
	case *imapBox:
		return b.try(ctx)
	case *maildir:
		return b.try()
	}
	return nil
}

func (b *imapBox) try(ctx context.Context) error {
	client, err := b.connect(ctx)
	if err != nil {
		return b.wrapError(ctx, err)
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	if _, err := client.Select(b.folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return b.wrapError(ctx, fmt.Errorf("open folder %q: %w", b.folder, err))
	}
	_ = client.Logout().Wait() // it was opened: how the server takes leave changes nothing
	return nil
}

func (m *maildir) try() error {
	for _, folder := range []string{"new", "cur"} {
		if _, err := os.ReadDir(filepath.Join(m.path, folder)); err != nil {
			return fmt.Errorf("read Maildir %s: %w", m.path, err)
		}
	}
	return nil
}
