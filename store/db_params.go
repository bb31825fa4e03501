package store

import (
	"fmt"
	"strings"
)

// params collects the arguments of a query that is put together.
type params []any

func (p *params) add(v any) string {
	*p = append(*p, v)
	return fmt.Sprintf("$%d", len(*p))
}

// inList gives (…) of values; an empty one matches nothing.
func (p *params) inList(values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = p.add(v)
	}
	if len(marks) == 0 {
		return `(NULL)`
	}
	return `(` + strings.Join(marks, `, `) + `)`
}

// inList is params.list for values that are no text.
func inList[T any](args *params, values []T) string {
	if len(values) == 0 {
		return `(NULL)`
	}
	text := []byte("(")
	for i, v := range values {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(text, args.add(v)...)
	}
	return string(append(text, ')'))
}
