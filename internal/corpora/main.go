// Command corpora reads collections of foreign files as bantin's sources read them, and
// counts what becomes of each.
//
//	go run ./internal/corpora DIR...
//
// Each DIR is a collection, such as the unpacked tests of a package that reads feeds or
// mails. A file goes through the door that its kind has: a feed by HTTP, a document in a
// folder, a mail in a Maildir, a list of contacts by its reader. What a file should give is
// counted apart from bantin's parsers, and by simpler means (expect.go). What it should
// give and did not, without a word about it, is lost, and printed with its file. The exit
// code is 1 where anything was lost or crashed, or cost more than it may.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// What a file may cost.
const (
	maxTime    = 20 * time.Second // LibreOffice needs some
	maxMemory  = 256 << 20        // bytes made, and so many for each byte of the file
	maxPerByte = 3000
	maxFile    = 64 << 20
)

func main() {
	all := flag.Bool("v", false, "print what became of every file, and why")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := newReader(*all)
	if err == nil {
		err = errors.Join(r.readAll(ctx, flag.Args()), os.RemoveAll(r.dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "corpora:", err)
		os.Exit(1)
	}
}

// count is what became of the files of one kind in a collection.
type count struct {
	files, items             int // what they hold: entries of a feed, else one each
	read, held, refused      int // items: published, waiting for a person, not read with words that say why
	lost, crashed, expensive int
}

func (c *count) add(o outcome) {
	c.files++
	c.items += o.items
	c.read += o.read
	c.held += o.held
	c.refused += o.refused
	c.lost += o.lost
}

// outcome is what became of a file.
type outcome struct {
	items, read, held, refused, lost int
	crashed                          bool
	why                              []string // in words, for -v
}

func (r *reader) readAll(ctx context.Context, dirs []string) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "collection\tkind\tfiles\titems\tread\theld\trefused\tlost\tcrashed\tover budget")
	bad := 0
	for _, dir := range dirs {
		counts, err := r.collection(ctx, dir)
		if err != nil {
			return err
		}
		for _, kind := range []string{feedKind, documentKind, mailKind, listKind} {
			if c := counts[kind]; c != nil {
				bad += c.lost + c.crashed + c.expensive
				fmt.Fprintf(out, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", filepath.Base(dir), kind, c.files, c.items, c.read, c.held, c.refused, c.lost, c.crashed, c.expensive)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d faults", bad)
	}
	return nil
}

// collection reads the files of a directory.
func (r *reader) collection(ctx context.Context, dir string) (map[string]*count, error) {
	counts := map[string]*count{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || ctx.Err() != nil {
			return cmp.Or(err, ctx.Err())
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		kind := kindOf(path, raw)
		if kind == "" || len(raw) > maxFile {
			return nil
		}
		if counts[kind] == nil {
			counts[kind] = &count{}
		}
		return r.file(ctx, counts[kind], kind, path, raw)
	})
	return counts, err
}

// file reads one file and judges what it cost.
func (r *reader) file(ctx context.Context, c *count, kind, path string, raw []byte) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	o, err := r.read(ctx, kind, path, raw)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	made := after.TotalAlloc - before.TotalAlloc
	c.add(o)
	said := strings.Join(o.why, "; ")
	if o.crashed {
		c.crashed++
		fmt.Printf("crashed: %s: %s\n", path, said)
	}
	if o.lost > 0 {
		fmt.Printf("lost %d of %d: %s: %s\n", o.lost, o.items, path, said)
	}
	if took > maxTime || made > maxMemory+maxPerByte*uint64(len(raw)) {
		c.expensive++
		fmt.Printf("over budget: %s: %s, %d MB made of %d KB\n", path, took.Round(time.Millisecond), made>>20, len(raw)>>10)
	}
	if r.all {
		fmt.Printf("%s: %s: %d items, %d read, %d held, %d refused: %s\n", path, kind, o.items, o.read, o.held, o.refused, said)
	}
	return nil
}
