package collect

// idSet is a set of row numbers: a bit for each, since they are dense.
type idSet []uint64

// add puts id in and reports whether it is new.
func (s *idSet) add(id int64) bool {
	if s.has(id) {
		return false
	}
	for int64(len(*s)) <= id/64 {
		*s = append(*s, 0)
	}
	(*s)[id/64] |= 1 << (id % 64)
	return true
}

func (s idSet) has(id int64) bool { return id/64 < int64(len(s)) && s[id/64]&(1<<(id%64)) != 0 }
