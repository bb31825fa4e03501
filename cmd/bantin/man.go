package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand is `bantin man`, by which packages get their manual pages.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   a.text("Viết trang hướng dẫn (man) của mọi lệnh vào thư mục DIR", "Write the manual pages of all commands into the folder DIR"),
		Example: asTyped("bantin man /usr/local/share/man/man1", "bantin man --lang vi /usr/local/share/man/vi/man1"),
		RunE:    func(_ *cobra.Command, args []string) error { return a.manual(args[0]) },
	}
}

// manual writes a page a command, in the language that was asked for. The pages bear the
// date of the revision, so that the same program writes the same ones.
func (a *app) manual(dir string) error {
	a.language = a.languageBeforeConfig()
	b := builtFrom()
	header := &doc.GenManHeader{Section: "1", Source: "bantin " + b.Version, Manual: "bantin"}
	if made, err := time.Parse(time.RFC3339, b.Time); err == nil {
		header.Date = &made
	}
	root := a.root()
	root.DisableAutoGenTag = true
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return doc.GenManTree(root, header, dir)
}
