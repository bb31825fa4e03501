package contact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is what one line may have, in bytes. A list has a hundred or two.
const maxLine = 64 << 10

// lines gives the lines of a text, and takes some back.
type lines struct {
	in     *bufio.Reader
	number int            // of the last line given
	back   []physicalLine // to be given again, the next one last
}

// physicalLine is a line without its end.
type physicalLine struct {
	text string // of one that is too long only the beginning
	long bool
}

// next gives a line and its number from 1, or io.EOF.
func (l *lines) next() (physicalLine, int, error) {
	if n := len(l.back); n > 0 {
		line := l.back[n-1]
		l.back = l.back[:n-1]
		l.number++
		return line, l.number, nil
	}
	var text []byte
	for {
		part, err := l.in.ReadSlice('\n')
		if len(text) <= maxLine {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return physicalLine{}, l.number, fmt.Errorf("read contacts after line %d: %w", l.number, err)
		case err != nil && len(text) == 0:
			return physicalLine{}, l.number, io.EOF
		}
		l.number++
		if len(text) > maxLine {
			return physicalLine{string(text[:200]), true}, l.number, nil
		}
		return physicalLine{strings.TrimRight(string(text), "\r\n"), false}, l.number, nil
	}
}

// feeds makes line feeds of carriage returns.
type feeds struct{ in io.Reader }

func (f *feeds) Read(p []byte) (int, error) {
	n, err := f.in.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// unread takes lines back, in their order.
func (l *lines) unread(given []physicalLine) {
	for i := len(given) - 1; i >= 0; i-- {
		l.back = append(l.back, given[i])
	}
	l.number -= len(given)
}
