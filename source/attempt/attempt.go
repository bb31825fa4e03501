// Package attempt remembers on disk which documents are being read, so that one that
// ended the program is not read again as if nothing had happened.
//
// A document is noted before it is parsed and crossed out afterwards. What is still noted
// when the program starts was being read when it was killed: by the document, or by
// something else at that moment. It is read first in a child process with little memory
// and time (package convert), and only where that process ends well by this one. A
// document that ends the child is refused with [ErrStopped] from then on, until its bytes
// change. So nothing is lost that was read at the wrong moment, and no document ends the
// program twice. One that takes longer than [Timeout] is left to itself, and is suspect too.
package attempt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Errors of Do.
var (
	ErrStopped = errors.New("reading it ended the program before")
	ErrSlow    = errors.New("reading it took too long")
	ErrPanic   = errors.New("reading it failed by a fault of the program")
)

// Timeout is how long reading one document may take, its pictures that are fetched
// included.
const Timeout = 10 * time.Minute

// Log is the file with what is being read. A nil Log notes nothing. It is safe for
// concurrent use; of several processes the first has the file, and the others note
// nothing.
type Log struct {
	// Try reads a document in a child process with limits, and fails where that
	// does; nil: what is noted at the start is refused.
	Try func(ctx context.Context, name string, raw []byte) error

	Timeout time.Duration // for tests; 0: [Timeout]

	path string

	mu     sync.Mutex
	file   *os.File // nil: another process has it
	asked  time.Time
	closed bool
	lines  []line // as they stand in the file
}

// line is one line of the file.
type line struct {
	state state
	key   string
}

// state is what is known of a document.
type state byte

const (
	free     state = ' ' // the line has none
	reading  state = 'r' // it is being read
	suspect  state = 's' // it was being read when the program ended
	stopping state = 'x' // it ended a child process, too
)

const (
	keyBytes  = 32          // of a key, as hexadecimal digits
	lineBytes = 35          // a state, a blank, a key, a line end
	maxLines  = 4096        // suspects beyond them are forgotten, the oldest first
	maxFile   = 10 << 20    // of another program, and not ours
	askAgain  = time.Minute // for a file that another process has
)

// New makes the log of the file at path, which is opened when the first document is read.
// What the last process was reading is suspect from then on.
func New(path string, try func(ctx context.Context, name string, raw []byte) error) *Log {
	return &Log{Try: try, path: path}
}

// isOpen opens the file where it is not open, and reports whether this process has it.
func (l *Log) isOpen() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil || l.closed || time.Since(l.asked) < askAgain {
		return l.file != nil, nil
	}
	l.asked = time.Now()
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, fmt.Errorf("open notes of what is read: %w", err)
	}
	if lock(f) != nil {
		return false, f.Close() // another process has it
	}
	l.file = f
	if err := l.load(l.path); err != nil {
		l.file = nil
		return false, errors.Join(fmt.Errorf("open notes of what is read: %w", err), f.Close())
	}
	return true, nil
}

// load reads the lines of the process before. Damaged ones are free.
func (l *Log) load(path string) error {
	info, err := l.file.Stat()
	if err != nil || info.Size() > maxFile {
		return errors.Join(err, l.file.Truncate(0))
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(raw, lineBytes) {
		n := line{state: free}
		if len(chunk) == lineBytes && (chunk[0] == byte(reading) || chunk[0] == byte(suspect) || chunk[0] == byte(stopping)) {
			n = line{state(chunk[0]), string(chunk[2 : 2+keyBytes])}
		}
		if n.state == reading {
			n.state = suspect
		}
		if n.state != free && len(l.lines) < maxLines {
			l.lines = append(l.lines, n)
		}
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	for i := range l.lines {
		if err := l.write(i); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of the file.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed = true; l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	return file.Close()
}

// Do reads a document: it calls read, unless the document ended a process before. name
// says what it is (its extension, how it is read). After an error the caller must not
// touch what read works on, since it may still be working.
func (l *Log) Do(ctx context.Context, name string, raw []byte, read func()) error {
	if l == nil {
		return limited(read, l.timeout())
	}
	if open, err := l.isOpen(); err != nil || !open {
		return limited(read, l.timeout())
	}
	key := keyOf(name, raw)
	if err := l.clear(ctx, key, name, raw); err != nil {
		return err
	}
	at := l.begin(key)
	err := limited(read, l.timeout())
	after := line{state: free}
	if errors.Is(err, ErrSlow) {
		after = line{suspect, key}
	}
	l.set(at, after)
	return err
}

func (l *Log) timeout() time.Duration {
	if l == nil || l.Timeout == 0 {
		return Timeout
	}
	return l.Timeout
}

// limited calls read, and waits for it no longer than the timeout.
func limited(read func(), timeout time.Duration) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				done <- fmt.Errorf("%w: %v", ErrPanic, cause)
			}
		}()
		read()
		done <- nil
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return ErrSlow
	}
}

// keyOf tells documents apart by what they are.
func keyOf(name string, raw []byte) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00", name)
	_, _ = sum.Write(raw) // a hash takes all
	return hex.EncodeToString(sum.Sum(nil))[:keyBytes]
}

// clear tries a suspect document in a child process.
func (l *Log) clear(ctx context.Context, key, name string, raw []byte) error {
	at, found := l.find(key)
	switch {
	case at < 0:
		return nil
	case found == stopping || l.Try == nil:
		return ErrStopped
	}
	err := l.Try(ctx, name, raw)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		l.set(at, line{stopping, key})
		return fmt.Errorf("%w: %w", ErrStopped, err)
	}
	l.set(at, line{state: free})
	return nil
}

// find finds the line of a document that was read before; -1: there is none.
func (l *Log) find(key string) (at int, found state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at = slices.IndexFunc(l.lines, func(n line) bool { return n.key == key && n.state != reading && n.state != free })
	if at >= 0 {
		found = l.lines[at].state
	}
	return at, found
}

// begin notes that a document is being read.
func (l *Log) begin(key string) (at int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at = slices.IndexFunc(l.lines, func(n line) bool { return n.state == free })
	if at < 0 && len(l.lines) >= maxLines {
		at = slices.IndexFunc(l.lines, func(n line) bool { return n.state != reading })
	}
	if at < 0 {
		at = len(l.lines)
		l.lines = append(l.lines, line{})
	}
	l.lines[at] = line{reading, key}
	_ = l.write(at)
	return at
}

// set changes a line.
func (l *Log) set(at int, n line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines[at] = n
	_ = l.write(at) // a disk that takes no notes says so elsewhere, and reading goes on
}

// write writes a line. It is not flushed: what the system holds outlives the process,
// and a machine that goes down is no fault of the document.
func (l *Log) write(at int) error {
	var b [lineBytes]byte
	for i := range b {
		b[i] = ' '
	}
	b[0], b[lineBytes-1] = byte(l.lines[at].state), '\n'
	copy(b[2:], l.lines[at].key)
	if l.file == nil {
		return nil // it was closed meanwhile
	}
	if _, err := l.file.WriteAt(b[:], int64(at)*lineBytes); err != nil {
		return fmt.Errorf("note what is read: %w", err)
	}
	return nil
}
