// Package convert has documents read by programs that are installed beside bantin:
// LibreOffice makes a .docx of .odt, .rtf and .doc, and pdftotext (of Poppler) gives the
// words of a PDF. Both are large and were written for trusted files, so that each runs as
// a child process: in a directory of its own that is deleted afterwards, without the
// environment of this process, with limits on its time, its memory and what it writes, and
// with no proxy that leads to the network.
package convert

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bantin/internal/process"
)

// Programs are the programs that are there. The zero Programs has none.
type Programs struct {
	Office  string        // path of soffice; "": it is not installed
	PDF     string        // path of pdftotext
	Timeout time.Duration // for one document; 0: a minute

	one chan struct{} // taken while a program runs: each may need hundreds of megabytes
}

// ErrNotInstalled says that the program for a kind of document is missing.
var ErrNotInstalled = errors.New("the program that reads it is not installed")

// ErrTimeout says that a program did not end in time.
var ErrTimeout = errors.New("the program took too long and was stopped")

// The limits of a program.
const (
	maxMemory  = 4 << 30   // bytes of addresses; LibreOffice maps over a gigabyte and uses little
	maxWritten = 128 << 20 // bytes of a file
	maxText    = 8 << 20   // bytes of the words of a PDF
	maxPages   = 200       // of a PDF
)

// Find looks for the programs where the system has them.
func Find() *Programs {
	p := &Programs{one: make(chan struct{}, 1)}
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil && p.Office == "" && canLimit() {
			p.Office = path
		}
	}
	if path, err := exec.LookPath("pdftotext"); err == nil && canLimit() {
		p.PDF = path
	}
	return p
}

// DOCX makes a .docx of a document with the given extension (".odt").
func (p *Programs) DOCX(ctx context.Context, raw []byte, extension string) ([]byte, error) {
	if p == nil || p.Office == "" {
		return nil, ErrNotInstalled
	}
	dir, err := p.begin(ctx, raw, "in"+extension)
	if err != nil {
		return nil, err
	}
	defer p.end(dir)
	profile := filepath.Join(dir, "profile")
	if err := writeProfile(profile); err != nil {
		return nil, err
	}
	err = p.run(ctx, dir, nil, p.Office, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
		"-env:UserInstallation=file://"+profile, "--convert-to", "docx:Office Open XML Text", "--outdir", filepath.Join(dir, "out"), filepath.Join(dir, "in"+extension))
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", extension, err)
	}
	out, err := os.ReadFile(filepath.Join(dir, "out", "in.docx"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("convert %s: LibreOffice made nothing of it", extension)
	}
	return out, err
}

// PDFText gives the words of the first pages of a PDF, a blank line between paragraphs.
func (p *Programs) PDFText(ctx context.Context, raw []byte) (string, error) {
	if p == nil || p.PDF == "" {
		return "", ErrNotInstalled
	}
	dir, err := p.begin(ctx, raw, "in.pdf")
	if err != nil {
		return "", err
	}
	defer p.end(dir)
	text := &limited{most: maxText}
	err = p.run(ctx, dir, text, p.PDF, "-enc", "UTF-8", "-nopgbrk", "-q", "-l", strconv.Itoa(maxPages), filepath.Join(dir, "in.pdf"), "-")
	if err != nil {
		return "", fmt.Errorf("read PDF: %w", err)
	}
	return strings.ToValidUTF8(text.String(), "\ufffd"), nil
}

// begin waits for its turn and makes a directory with the document in it.
func (p *Programs) begin(ctx context.Context, raw []byte, name string) (dir string, err error) {
	if p.one != nil {
		select {
		case p.one <- struct{}{}:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if dir, err = os.MkdirTemp("", "bantin-convert-*"); err == nil {
		err = errors.Join(os.Mkdir(filepath.Join(dir, "out"), 0o700), os.WriteFile(filepath.Join(dir, name), raw, 0o600))
	}
	if err != nil {
		p.end(dir)
		return "", fmt.Errorf("prepare document: %w", err)
	}
	return dir, nil
}

func (p *Programs) end(dir string) {
	if dir != "" {
		_ = os.RemoveAll(dir) // what is left lies in the directory for temporary files
	}
	if p.one != nil {
		<-p.one
	}
}

// run runs a program with limits. The shell sets them, and becomes the program.
func (p *Programs) run(ctx context.Context, dir string, out *limited, program string, args ...string) error {
	timeout := p.Timeout
	timeout = cmp.Or(timeout, time.Minute)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	limits := fmt.Sprintf(`ulimit -v %d; ulimit -f %d; ulimit -t %d; ulimit -c 0; exec "$0" "$@"`, maxMemory>>10, maxWritten>>9, int(timeout/time.Second)+1)
	c := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", limits, program}, args...)...)
	said := &limited{most: 400}
	c.Stdout, c.Stderr = said, said
	if out != nil {
		c.Stdout = out
	}
	c.Dir = dir
	c.Env = []string{"HOME=" + dir, "TMPDIR=" + dir, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9", "SAL_USE_VCLPLUGIN=svp"}
	c.WaitDelay = time.Second
	process.EndWithChildren(c)
	err := c.Run()
	switch {
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return ErrTimeout
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %s", err, strings.Join(strings.Fields(strings.ToValidUTF8(said.String(), "")), " "))
	}
	return nil
}

// limited keeps the beginning of what is written to it.
type limited struct {
	bytes.Buffer
	most int
}

func (l *limited) Write(p []byte) (int, error) {
	l.Buffer.Write(p[:min(len(p), l.most-l.Len())])
	return len(p), nil
}
