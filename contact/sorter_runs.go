package contact

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// merge yields the rows of all runs in the file.
func (s *Sorter) merge(yield func(Row, error) bool) {
	heads, err := s.heads()
	for err == nil && len(heads) > 0 {
		first := heads[0]
		if !yield(readRow(first.row, first.key), nil) {
			return
		}
		more, next := first.next()
		if err = next; !more {
			last := len(heads) - 1
			heads[0], heads = heads[last], heads[:last]
		}
		siftDown(heads, 0)
	}
	if err != nil {
		yield(Row{}, fmt.Errorf("sort contacts: %w", err))
	}
}

// runHead is the next row of a run in the file.
type runHead struct {
	in  *bufio.Reader
	run int
	row []byte
	key int // length of its key
}

// mergeBufferBytes is what all runs together read ahead, and minReadBytes each.
const mergeBufferBytes, maxReadBytes, minReadBytes = 4 << 20, 64 << 10, 4 << 10

// heads gives those of all runs as a heap.
func (s *Sorter) heads() ([]*runHead, error) {
	ahead := max(minReadBytes, min(maxReadBytes, mergeBufferBytes/len(s.ends)))
	var heads []*runHead
	var from int64
	for i, end := range s.ends {
		h := &runHead{in: bufio.NewReaderSize(io.NewSectionReader(s.file, from, end-from), ahead), run: i}
		from = end
		more, err := h.next()
		if err != nil {
			return nil, err
		}
		if more {
			heads = append(heads, h)
		}
	}
	for i := len(heads)/2 - 1; i >= 0; i-- {
		siftDown(heads, i)
	}
	return heads, nil
}

// next reads the next row; there is none behind the last.
func (h *runHead) next() (more bool, err error) {
	size, err := binary.ReadUvarint(h.in)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	key, err := binary.ReadUvarint(h.in)
	if err != nil {
		return false, err
	}
	h.row, h.key = slices.Grow(h.row[:0], int(size))[:size], int(key)
	_, err = io.ReadFull(h.in, h.row)
	return true, err
}

// before orders runs by their next rows; an earlier run has the earlier lines.
func (h *runHead) before(other *runHead) bool {
	order := bytes.Compare(h.row[:h.key], other.row[:other.key])
	return order < 0 || order == 0 && h.run < other.run
}

// siftDown moves the head at i down the heap to where it belongs.
func siftDown(heads []*runHead, i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(heads); child++ {
			if heads[child].before(heads[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		heads[i], heads[least] = heads[least], heads[i]
		i = least
	}
}
