package alarm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"bantin"
	"bantin/internal/process"
)

// commandTimeout is how long a command may take.
const commandTimeout = 30 * time.Second

// Command is a way that runs a program, without a shell, with the message on its standard
// input. It fails where the program ends with another status than 0, or does not end in
// time.
func Command(args []string) Way { return commandWithin(args, commandTimeout) }

func commandWithin(args []string, timeout time.Duration) Way {
	return Way{Name: "command", Tell: func(ctx context.Context, _ *bantin.Trouble, m Message) error {
		text, err := json.Marshal(m)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return runCommand(ctx, args, append(text, '\n'), timeout)
	}}
}

// saidLimit is how much of what a program says is quoted.
const saidLimit = 200

func runCommand(ctx context.Context, args []string, stdin []byte, timeout time.Duration) error {
	said := &beginning{}
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(stdin), said, said
	c.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	c.Dir = "/"
	if runtime.GOOS == "windows" { // whose programs need more of their surroundings
		c.Env, c.Dir = os.Environ(), ""
	}
	c.WaitDelay = time.Second // for its output, which a child of it may keep open
	process.EndWithChildren(c)
	err := c.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("run %s: it did not end within %s and was stopped", args[0], timeout)
	case err != nil && said.String() != "":
		return fmt.Errorf("run %s: %w: %s", args[0], err, said)
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it ended well, and left a child behind
	case err != nil:
		return fmt.Errorf("run %s: %w", args[0], err)
	}
	return nil
}

// beginning keeps the beginning of what is written to it.
type beginning struct{ text []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), saidLimit-len(b.text))]...)
	return len(p), nil
}

func (b *beginning) String() string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(b.text), "")), " ")
}
