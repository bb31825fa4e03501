package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Nodes keeps the processes that share the database apart: Register and
// ReclaimDead say who lives, AcquireLease and ReleaseLease elect the one node
// that does a task for all, LockDaemon keeps a second daemon out of a data
// directory, BeginMailing and RecordGeneration notice a database that is a copy.
type Nodes struct{ db *DB }

// Nodes gives the view of the nodes.
func (db *DB) Nodes() Nodes { return Nodes{db} }

// Node is a process that sends. While it lives it holds a lock on a file with
// its name in the data directory, so that others on this machine see at once
// when it is gone and take its chunks over without waiting for its leases.
type Node struct {
	Name string
	file *os.File
}

const nodeFolder = "nodes"

// Register registers this process.
func (v Nodes) Register() (*Node, error) {
	dir := filepath.Join(v.db.dir, nodeFolder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("register this process: %w", err)
	}
	// Another process may be reclaiming the name: take a new one then.
	for range 10 {
		if n := registerNode(dir); n != nil {
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
	if _, err := f.WriteString(hostname()); err != nil {
		f.Close()
		return nil
	}
	return &Node{Name: name, file: f}
}

// hostname tells this machine from another one that a data directory was copied
// to: the files of nodes that are in it say nothing of whether they live.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "?"
	}
	return name
}

// Close ends the node. What it still has is free as soon as somebody looks.
func (n *Node) Close() error { return n.file.Close() }

// ReclaimDead frees at once what processes of this machine had when they ended,
// however they ended: chunks and node leases.
func (v Nodes) ReclaimDead(ctx context.Context) error {
	entries, err := os.ReadDir(filepath.Join(v.db.dir, nodeFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look which processes are dead: %w", err)
	}
	for _, e := range entries {
		if err := v.db.reclaimNode(ctx, e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// reclaimNode holds the lock until the file is gone, so that nobody takes the name.
func (db *DB) reclaimNode(ctx context.Context, name string) error {
	f, err := os.OpenFile(filepath.Join(db.dir, nodeFolder, name), os.O_RDWR, 0)
	if err != nil {
		return nil // another was faster
	}
	defer f.Close()
	if lockFile(f) != nil {
		return nil // it lives
	}
	where, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return fmt.Errorf("look where a process ran: %w", err)
	}
	if string(where) == hostname() {
		if err := db.releaseWork(ctx, name); err != nil {
			return err
		}
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the file of a dead process: %w", err)
	}
	return nil
}

// releaseWork frees all that a dead node had. The next claim of a chunk raises its
// fence, so that results that are still under way are refused.
func (db *DB) releaseWork(ctx context.Context, node string) error {
	return db.inTx(ctx, "take back what a dead process had", func(tx *sql.Tx) error {
		for _, query := range []string{
			`UPDATE chunks SET owner = '', lease = 0 WHERE owner = $1 AND done = 0`,
			`DELETE FROM duties WHERE node = $1`,
			`UPDATE relays SET probe_lease = 0 WHERE prober = $1`,
		} {
			if _, err := tx.ExecContext(ctx, query, node); err != nil {
				return err
			}
		}
		return nil
	})
}

// DaemonLock is held by the one daemon that owns a data directory.
type DaemonLock struct{ file *os.File }

// DataDirInUseError says who owns the data directory.
type DataDirInUseError struct{ Dir, Owner string }

func (e *DataDirInUseError) Error() string {
	return fmt.Sprintf("the data directory %s is in use by another daemon (%s): stop that one first", e.Dir, e.Owner)
}

// LockDaemon makes this process the daemon of the data directory, or says
// with a *DataDirInUseError who is it.
func (v Nodes) LockDaemon(describe string) (*DaemonLock, error) {
	return lockDaemon(v.db.dir, describe)
}

func lockDaemon(dir, describe string) (*DaemonLock, error) {
	path := filepath.Join(dir, "daemon.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		holder, _ := os.ReadFile(path) // best effort: only for the message
		return nil, errors.Join(&DataDirInUseError{Dir: dir, Owner: strings.TrimSpace(string(holder))}, f.Close())
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
