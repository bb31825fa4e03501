//go:build unix

package storm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// node is a process that sends.
type node struct {
	program string
	dir     string
	args    []string
	log     *os.File
	cmd     *exec.Cmd
	ended   chan struct{} // closed when cmd has
}

// start starts the process, or restarts it.
func (n *node) start() error {
	n.cmd = exec.Command(n.program, n.args...)
	n.cmd.Dir, n.cmd.Stdout, n.cmd.Stderr = n.dir, n.log, n.log
	if err := n.cmd.Start(); err != nil {
		return err
	}
	n.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		defer close(ended)
		cmd.Wait() // the exit status does not matter: it may have been killed
	}(n.cmd, n.ended)
	return nil
}

// end sends a signal and waits until the process has ended.
func (n *node) end(with os.Signal) error {
	if err := n.cmd.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-n.ended
	return nil
}

// runs reports whether the process has not ended.
func (n *node) runs() bool {
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

// prepare writes the configuration, imports bulletins and contacts, makes the
// edition and starts the nodes.
func (s *storm) prepare(ctx context.Context) error {
	database := s.Database
	if database != "" {
		proxy, address, err := newProxy(database)
		if err != nil {
			return err
		}
		s.proxy, database = proxy, address
	}
	folders := max(s.Nodes, 1)
	for i := range folders {
		if err := s.writeFolder(i, database); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"collect"}, {"contacts", "import", "danh-sach.csv"},
		{"digest", "send", "hang-tuan", "--due", "2026-11-23T07:00", "--wait", "0s"},
	} {
		out, err := s.command(ctx, args...)
		if exit := (*exec.ExitError)(nil); err != nil && !(args[0] == "digest" && errors.As(err, &exit) && exit.ExitCode() == 1) {
			return fmt.Errorf("bantin %v: %w\n%s", args, err, out)
		}
	}
	for i := range folders {
		if err := s.startNode(i, "run"); err != nil {
			return err
		}
	}
	if s.Database != "" {
		return nil
	}
	return s.startNode(0, "digest", "send", "hang-tuan", "--due", "2026-11-23T07:00", "--wait", "1h")
}

// writeFolder writes the folder of node i.
func (s *storm) writeFolder(i int, database string) error {
	dir := s.folder(i)
	if database != "" {
		database = fmt.Sprintf("database: %q\n", database)
	}
	yaml := fmt.Sprintf(`site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
http: {listen: "127.0.0.1:0"}
%ssources: [{id: van-phong, kind: folder, path: tin, schedule: "@every 1h"}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 1 1 *"}]
smtp:
  {host: 127.0.0.1, port: %d, tls: none, from: "Hội Khuyến học <bantin@example.org>", connections: %d,
   retry: [1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s]}
`, database, s.server.Port(), s.Connections)
	files := map[string]string{
		"bantin.yaml":   yaml,
		"danh-sach.csv": s.recipients.list(),
		"tin/phu-tho.md": "---\ntitle: Phú Thọ tổng kết phong trào khuyến học\ndate: 2026-11-20\n---\n\n" +
			"Hội Khuyến học tỉnh Phú Thọ đã tổng kết năm học và trao học bổng cho học sinh nghèo vượt khó.\n",
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (s *storm) folder(i int) string { return filepath.Join(s.Dir, fmt.Sprintf("may-%d", i)) }

func (s *storm) startNode(folder int, args ...string) error {
	log, err := os.Create(filepath.Join(s.Dir, fmt.Sprintf("node-%d.log", len(s.nodes))))
	if err != nil {
		return err
	}
	n := &node{program: s.Program, dir: s.folder(folder), args: args, log: log}
	s.nodes = append(s.nodes, n)
	return n.start()
}

// reviveNodes starts the daemons again that ended, as a service manager does: one that was
// just starting while the database was away. On SQLite there is no such reason to end.
func (s *storm) reviveNodes() error {
	if s.Database == "" {
		return nil
	}
	for i, n := range s.nodes {
		if n.runs() {
			continue
		}
		s.Log("node %d has ended and is started again", i)
		if err := n.start(); err != nil {
			return err
		}
	}
	return nil
}

func (s *storm) stop() {
	for _, n := range s.nodes {
		n.cmd.Process.Signal(syscall.SIGCONT) // it may be frozen
		n.end(os.Kill)
		n.log.Close()
	}
	if s.proxy != nil {
		s.proxy.close()
	}
}

// command runs a bantin command beside the nodes.
func (s *storm) command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.Program, args...)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.folder(0), &out, &out
	err := cmd.Run()
	return out.String(), err
}

// settled asks bantin whether the edition is done, at most once a second, and
// stores its counts.
func (s *storm) settled(ctx context.Context) bool {
	if s.done || time.Since(s.asked) < time.Second {
		return s.done
	}
	s.asked = time.Now()
	cmd := exec.CommandContext(ctx, s.Program, "editions", "show", "hang-tuan-1", "--json")
	cmd.Dir = s.folder(0)
	out, err := cmd.Output()
	var e struct {
		Status string
		Counts Counts
	}
	if err != nil || json.Unmarshal(out, &e) != nil {
		return false // the database may be away
	}
	s.audit(ctx)
	s.report.Counts, s.done = e.Counts, e.Status == "done"
	return s.done
}

// audit has bantin compare its ledger with itself, whatever the nodes do meanwhile.
func (s *storm) audit(ctx context.Context) {
	cmd := exec.CommandContext(ctx, s.Program, "editions", "audit", "hang-tuan-1", "--json")
	cmd.Dir = s.folder(0)
	out, _ := cmd.Output() // it fails where it found something, or the database is away
	var a struct {
		Edition     string
		Differences []any
	}
	if json.Unmarshal(out, &a) != nil || a.Edition == "" {
		return
	}
	s.report.Audits++
	if len(a.Differences) > 0 && s.report.Difference == "" {
		s.report.Difference = string(out)
	}
}
