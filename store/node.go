package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Node is a process that sends. While it lives it holds a lock on a file with
// its name in the data directory, so that others on this machine see at once
// when it is gone and take its chunks over without waiting for its leases.
type Node struct {
	Name  string
	file  *os.File
	stays bool // the file, when the node ends
}

const nodeFolder = "nodes"

// NewNode registers this process beside the database.
func (db *DB) NewNode() (*Node, error) {
	dir := filepath.Join(db.dir, nodeFolder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("register this process: %w", err)
	}
	db.sweepNodes(dir)
	// Another process may be sweeping: take a new name then.
	for range 10 {
		if n := registerNode(dir); n != nil {
			n.stays = db.postgres
			return n, nil
		}
	}
	return nil, fmt.Errorf("register this process: cannot lock a file in %s", dir)
}

func registerNode(dir string) *Node {
	name := fmt.Sprintf("%d-%s", os.Getpid(), strings.ToLower(rand.Text()[:8]))
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		f.Close()
		return nil
	}
	return &Node{Name: name, file: f}
}

// Close gives the name up; what is still claimed under it is free at once.
func (n *Node) Close() error {
	if n.stays {
		return n.file.Close()
	}
	return errors.Join(os.Remove(n.file.Name()), n.file.Close())
}

// sweepNodes removes what killed processes left. On PostgreSQL, where their
// leases may still run, a file stays for an hour: without it nobody could tell
// that its node is dead.
func (db *DB) sweepNodes(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // it is tidying only
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if lockHeld(path) {
			continue
		}
		info, err := e.Info()
		switch {
		case err != nil:
		case db.postgres && info.Size() == 0:
			os.WriteFile(path, []byte("dead\n"), 0o640) // from now on counts the hour
		case !db.postgres || time.Since(info.ModTime()) > time.Hour:
			os.Remove(path)
		}
	}
}

// dead reports whether the node of that name surely runs no more. Of a node on
// another machine that cannot be told: its lease decides.
func (db *DB) dead(name string) bool {
	if name == "" || filepath.Base(name) != name {
		return false
	}
	path := filepath.Join(db.dir, nodeFolder, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return !db.postgres // on SQLite all nodes are of this machine
	}
	return !lockHeld(path)
}

// DaemonLock is held by the one daemon that owns a data directory.
type DaemonLock struct{ file *os.File }

// HeldError says who owns the data directory.
type HeldError struct{ Dir, Holder string }

func (e *HeldError) Error() string {
	return fmt.Sprintf("the data directory %s is in use by another daemon (%s): stop that one first", e.Dir, e.Holder)
}

// LockDaemon makes this process the daemon of the data directory, or says
// with a *HeldError who is it.
func (db *DB) LockDaemon(describe string) (*DaemonLock, error) {
	path := filepath.Join(db.dir, "daemon.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		holder, _ := os.ReadFile(path) // best effort: only for the message
		return nil, errors.Join(&HeldError{Dir: db.dir, Holder: strings.TrimSpace(string(holder))}, f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(fmt.Errorf("lock data directory: %w", err), f.Close())
	}
	if _, err := f.WriteAt([]byte(describe+"\n"), 0); err != nil {
		return nil, errors.Join(fmt.Errorf("lock data directory: %w", err), f.Close())
	}
	return &DaemonLock{f}, nil
}

// Close gives the data directory up.
func (l *DaemonLock) Close() error { return l.file.Close() }

// lockHeld reports whether a process holds the lock on the file.
func lockHeld(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		return true
	}
	defer f.Close()
	return lockFile(f) != nil
}
