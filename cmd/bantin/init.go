package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"bantin/examples"
)

// initCommand is `bantin init`.
type initCommand struct{ *app }

// command writes the example into a folder, ready to run.
func (a initCommand) command() *cobra.Command {
	return &cobra.Command{
		Use:     "init [DIR]",
		Short:   a.text("Viết bantin.yaml có chú thích và vài tin mẫu, chạy được ngay", "Write a commented bantin.yaml and sample bulletins, ready to run"),
		Example: asTyped("bantin init tin-hoi"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return a.initialize(dir, examples.Files)
		},
	}
}

// initialize copies the files into dir. It touches nothing that is there: with
// one of its files in the way it writes none of them.
func (a initCommand) initialize(dir string, files fs.FS) error {
	names, err := filesIn(files)
	if err != nil {
		return err
	}
	var taken []string
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			taken = append(taken, name)
		}
	}
	if len(taken) > 0 {
		return a.inTheWay(dir, taken)
	}
	for _, name := range names {
		if err := copyOut(files, name, dir); err != nil {
			return err
		}
	}
	yaml := filepath.Join(dir, "bantin.yaml")
	if a.json {
		return a.printJSON(struct {
			Dir   string   `json:"dir"`
			Files []string `json:"files"`
		}{dir, names})
	}
	a.say("Đã viết %d tệp. Xem lại %s, rồi chạy:", "Wrote %d files. Review %s, then run:", len(names), yaml)
	fmt.Fprintf(a.out, "\n  bantin check --config %s\n  bantin run --config %s\n", yaml, yaml)
	return nil
}

// inTheWay names one of the files that are there, bantin.yaml if it is among
// them, and counts the others.
func (a initCommand) inTheWay(dir string, taken []string) error {
	last, others := taken[len(taken)-1], len(taken)-1
	vi, en := last, last
	if others > 0 {
		vi = fmt.Sprintf("%s và %d tệp khác của mẫu", last, others)
		en = fmt.Sprintf("%d files of the example and %s", others, last)
	}
	return errors.New(a.language.Say(
		fmt.Sprintf("thư mục %s đã có %s: hãy chọn thư mục khác; không tệp nào bị thay đổi", dir, vi),
		fmt.Sprintf("%s holds %s already: choose another folder; nothing was changed", dir, en)))
}

// filesIn lists the files with bantin.yaml at the end: a copy that was cut off
// is without it, and init can be run again elsewhere without a doubt.
func filesIn(files fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && name != "bantin.yaml" {
			names = append(names, name)
		}
		return err
	})
	return append(names, "bantin.yaml"), err
}

func copyOut(files fs.FS, name, dir string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read example %s: %w", name, err)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write example: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write example %s: %w", path, err)
	}
	return nil
}
