package contact

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"syscall"

	"bantin"
)

// Sorter gives the rows of a list back in the order of their addresses
// ([bantin.AddressKey]), those of one address in the order in which they came:
// storing millions of them writes each part of an index once. Warnings
// are not kept.
//
// Some MB of rows are kept in memory and the others in a file, in sorted runs
// that are merged in the end, so that the length of a list costs no memory. The
// file goes with the process, however that ends. A Sorter is for one goroutine.
type Sorter struct {
	dir  string
	most int // bytes in memory

	rows  []byte // of the run in memory, each as record says
	slots []slot
	file  *os.File // of the other runs; nil while there is none
	ends  []int64  // of the runs in the file
}

// slot is where a row of the run in memory stands.
type slot struct {
	at, size uint32
	key      uint16 // length of its key, which it begins with
}

// runBytes is how much of a list is sorted in memory: some 40,000 rows.
const runBytes = 4 << 20

// NewSorter makes a Sorter whose file, if it needs one, is in the directory dir.
func NewSorter(dir string) *Sorter { return &Sorter{dir: dir, most: runBytes} }

// Add takes one more row.
func (s *Sorter) Add(row Row) error {
	at := len(s.rows)
	key := bantin.AddressKey(row.Contact.Email)
	s.rows = appendRow(s.rows, key, &row)
	s.slots = append(s.slots, slot{uint32(at), uint32(len(s.rows) - at), uint16(len(key))})
	if len(s.rows) < s.most {
		return nil
	}
	return s.spill()
}

// Rows yields all rows, once.
func (s *Sorter) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if s.file == nil {
			s.sort()
			for _, at := range s.slots {
				if !yield(readRow(s.record(at), int(at.key)), nil) {
					return
				}
			}
			return
		}
		if err := s.spill(); err != nil {
			yield(Row{}, err)
			return
		}
		s.rows, s.slots = nil, nil
		s.merge(yield)
	}
}

// Close removes the file.
func (s *Sorter) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

func (s *Sorter) record(at slot) []byte { return s.rows[at.at : at.at+at.size] }

func (s *Sorter) key(at slot) []byte { return s.rows[at.at : at.at+uint32(at.key)] }

func (s *Sorter) sort() {
	slices.SortFunc(s.slots, func(a, b slot) int {
		if order := bytes.Compare(s.key(a), s.key(b)); order != 0 {
			return order
		}
		return int(a.at) - int(b.at)
	})
}

// spill moves the run in memory into the file, each row behind its size and
// that of its key.
func (s *Sorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = unlinkedTemp(s.dir); err != nil {
			return fmt.Errorf("sort contacts: %w", err)
		}
	}
	s.sort()
	out := bufio.NewWriterSize(s.file, 64<<10)
	var size int64
	for _, at := range s.slots {
		var head [2 * binary.MaxVarintLen32]byte
		sizes := binary.AppendUvarint(binary.AppendUvarint(head[:0], uint64(at.size)), uint64(at.key))
		out.Write(sizes) // Flush gives the first error
		out.Write(s.record(at))
		size += int64(len(sizes)) + int64(at.size)
	}
	if err := out.Flush(); err != nil {
		return s.diskError(err)
	}
	if n := len(s.ends); n > 0 {
		size += s.ends[n-1]
	}
	s.ends = append(s.ends, size)
	s.rows, s.slots = s.rows[:0], s.slots[:0]
	return nil
}

// diskError says of a full disk what to do.
func (s *Sorter) diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("sort contacts in %s, where the list needs about its size as CSV while it is imported; nothing was changed: %w", s.dir, err)
	}
	return fmt.Errorf("sort contacts: %w", err)
}
