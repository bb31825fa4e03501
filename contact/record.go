package contact

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxRecordLines is how many lines a field between quotes may go over.
const maxRecordLines = 20

// lineTable is CSV.
type lineTable struct {
	lines  lines
	comma  byte
	width  int // how many headings there are
	emails int // which column has the addresses
}

// next reads the fields of the next row. A field that begins with a quote
// goes on to the closing one, over the ends of lines if it must. Where that is
// missing, RFC 4180 would swallow the rest of the list. Here the row is given
// up at its own line, as soon as a following line is a row by itself, what
// stands behind a closing quote is no delimiter, or the field gets too long.
func (t *lineTable) next() (fields []string, number int, err error) {
	first, number, err := t.lines.next()
	if err != nil {
		return nil, number, err
	}
	if first.long {
		return nil, number, &RowError{Line: number, Fields: []string{first.text}, Reason: words(
			fmt.Sprintf("dòng dài quá %d KB", maxLine>>10), fmt.Sprintf("the line is longer than %d KB", maxLine>>10))}
	}
	fields, state := split(first.text, t.comma)
	text := first.text
	var taken []physicalLine
	for state == quoteOpen && len(taken) < maxRecordLines {
		next, _, err := t.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, number, err
		}
		taken = append(taken, next)
		joined, ends := split(text+"\n"+next.text, t.comma)
		if next.long || t.rowByItself(next.text) && !t.closes(joined, ends) {
			break
		}
		text += "\n" + next.text
		fields, state = joined, ends
	}
	if state == quotesFine {
		return fields, number, nil
	}
	t.lines.unread(taken)
	return nil, number, &RowError{Line: number, Value: first.text, Fields: []string{first.text}, Reason: words(
		`thiếu dấu ngoặc kép đóng (") hoặc có chữ sau dấu ấy`, `the closing quote (") is missing, or text follows it`)}
}

// closes reports whether a line that looks like a row by itself rather closes the
// quote before it, as where the first cell of a row goes over two lines: then all
// together is a row, and what goes over the lines no other row.
func (t *lineTable) closes(fields []string, state quotes) bool {
	if state != quotesFine || len(fields) != t.width {
		return false
	}
	for i, field := range fields {
		if i != t.emails && strings.Contains(field, "\n") && strings.Contains(field, "@") {
			return false
		}
	}
	_, err := ParseAddress(fields[t.emails])
	return err == nil
}

// rowByItself reports whether a line is a whole row, with an address where one
// belongs.
func (t *lineTable) rowByItself(text string) bool {
	fields, state := split(text, t.comma)
	if state != quotesFine || len(fields) != t.width {
		return false
	}
	_, err := ParseAddress(fields[t.emails])
	return err == nil
}

// quotes says how the quotes of a text stand.
type quotes int

const (
	quotesFine quotes = iota
	quoteOpen         // a field is not closed
	quoteBad          // text stands behind a closing quote
)

// split cuts a record into fields (RFC 4180 section 2). A quote inside a field
// that does not begin with one is a character like others. Blanks before a quote
// that opens a whole field, as people write them, are none of it.
func split(text string, comma byte) ([]string, quotes) {
	var fields []string
	for {
		if field, rest, more, ok := spacedQuoted(text, comma); ok {
			fields = append(fields, field)
			if !more {
				return fields, quotesFine
			}
			text = rest
			continue
		}
		if !strings.HasPrefix(text, `"`) {
			field, rest, more := strings.Cut(text, string(comma))
			fields = append(fields, field)
			if !more {
				return fields, quotesFine
			}
			text = rest
			continue
		}
		field, rest, ok := quoted(text[1:])
		if !ok {
			return fields, quoteOpen
		}
		fields = append(fields, field)
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return fields, quotesFine
		}
		if rest[0] != comma {
			return fields, quoteBad
		}
		text = rest[1:]
	}
}

// spacedQuoted takes a field between quotes with blanks before them.
func spacedQuoted(text string, comma byte) (field, rest string, more, ok bool) {
	if !strings.HasPrefix(text, " ") {
		return "", "", false, false
	}
	inner := strings.TrimLeft(text, " ")
	if !strings.HasPrefix(inner, `"`) {
		return "", "", false, false
	}
	if field, rest, ok = quoted(inner[1:]); !ok {
		return "", "", false, false
	}
	switch rest = strings.TrimLeft(rest, " "); {
	case rest == "":
		return field, "", false, true
	case rest[0] == comma:
		return field, rest[1:], true, true
	}
	return "", "", false, false
}

// quoted takes a field up to its closing quote; two quotes are one of the text.
func quoted(text string) (field, rest string, ok bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `"`)
		if !found {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, true
		}
		b.WriteByte('"')
		text = after[1:]
	}
}
