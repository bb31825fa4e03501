package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bantin/source"
	"bantin/source/document/convert"
)

// rehearsal is the command that a child process runs, in which a document is tried that
// may have ended another process. People have no use for it, so that help does not show it.
const rehearsal = "read-document"

func (a *app) rehearsalCommand() *cobra.Command {
	return &cobra.Command{
		Use:    rehearsal + " NAME",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			const most = 80 << 20 // bytes; the largest file that is read has 64 MB
			raw, err := io.ReadAll(io.LimitReader(os.Stdin, most))
			if err != nil {
				return err
			}
			return source.Rehearse(cmd.Context(), args[0], raw)
		},
	}
}

// rehearse reads a document in a child process with limits.
func rehearse(ctx context.Context, name string, raw []byte) error {
	return convert.Try(ctx, raw, ownProgram(), rehearsal, name)
}

// ownProgram is the path of this program, as it was started: a link's name may say what
// it is to be.
func ownProgram() string {
	if path, err := exec.LookPath(os.Args[0]); err == nil && !strings.HasSuffix(path, ".test") {
		if path, err = filepath.Abs(path); err == nil {
			return path
		}
	}
	path, err := os.Executable()
	if err != nil || strings.HasSuffix(path, ".test") {
		return "/nonexistent" // a test's binary would run the tests
	}
	return path
}
