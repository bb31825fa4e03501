package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
)

// sockets are those that systemd opened and holds over restarts (sd_listen_fds(3)),
// by the key whose address they stand for.
type sockets map[string]net.Listener

// passedSockets takes what was passed to this process. FileDescriptorName=http.metrics
// or office.listen says which it is; any other name means the pages.
func passedSockets() (sockets, error) {
	passed := sockets{}
	for _, file := range activation.Files(false) {
		key := file.Name()
		if key != "http.metrics" && key != "office.listen" {
			key = "http.listen"
		}
		listener, err := net.FileListener(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("take the socket that systemd passed for %s: %w", key, err)
		}
		if passed[key] != nil {
			return nil, fmt.Errorf("systemd passed two sockets for %s", key)
		}
		passed[key] = listener
	}
	return passed, nil
}

// listen gives the socket that was passed for a key of the YAML, else opens its address,
// host:port or unix:/path.
func (s sockets) listen(key, address string) (net.Listener, error) {
	if listener := s[key]; listener != nil {
		delete(s, key)
		return listener, nil
	}
	listener, err := open(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s %s: %w", key, address, err)
	}
	return listener, nil
}

// close closes what nothing listened on.
func (s sockets) close() {
	for _, listener := range s {
		_ = listener.Close()
	}
}

func open(address string) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		return net.Listen("tcp", address)
	}
	if err := removeAbandoned(path); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// removeAbandoned removes the socket of a process that was killed.
func removeAbandoned(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().Type() != fs.ModeSocket {
		return nil // what is no socket stays, and Listen says so
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		return errors.Join(syscall.EADDRINUSE, conn.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}
