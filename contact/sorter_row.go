package contact

import (
	"encoding/binary"
	"strings"

	"bantin"
)

// appendRow writes a row: its key, its line, its fields.
func appendRow(b []byte, key string, row *Row) []byte {
	c := &row.Contact
	email := c.Email
	if email == key {
		email = ""
	}
	b = binary.AppendUvarint(append(b, key...), uint64(row.Line))
	for _, field := range [...]string{email, c.Name, c.Place, string(c.Level), string(c.Language), strings.Join(c.Tags, tagSign)} {
		b = append(binary.AppendUvarint(b, uint64(len(field))), field...)
	}
	return b
}

// tagSign stands between tags; a tag has none.
const tagSign = "|"

// readRow reads what appendRow wrote.
func readRow(record []byte, key int) Row {
	text := string(record)
	at := key
	number := func() int {
		n, size := binary.Uvarint(record[at:])
		at += size
		return int(n)
	}
	field := func() string {
		n := number()
		at += n
		return text[at-n : at]
	}
	row := Row{Line: number()}
	c := &row.Contact
	if c.Email = field(); c.Email == "" {
		c.Email = text[:key]
	}
	c.Name, c.Place, c.Level, c.Language = field(), field(), bantin.Level(field()), bantin.Language(field())
	if tags := field(); tags != "" {
		c.Tags = strings.Split(tags, tagSign)
	}
	return row
}
