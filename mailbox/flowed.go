package mailbox

import "strings"

// unflow joins the lines that a program broke for their length (RFC 3676): those that end
// in a blank go on. Where DelSp says so that blank is no part of the text.
func unflow(text string, delSp bool) string {
	var out strings.Builder
	depth, open := 0, false
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		quoted := len(line) - len(strings.TrimLeft(line, ">"))
		words := strings.TrimPrefix(line[quoted:], " ")
		signature := words == "-- "
		if !open || quoted != depth || signature {
			if i > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(quoteMark(quoted))
		}
		depth, open = quoted, strings.HasSuffix(words, " ") && !signature
		if open && delSp {
			words = words[:len(words)-1]
		}
		out.WriteString(words)
	}
	return out.String()
}

func quoteMark(depth int) string {
	if depth == 0 {
		return ""
	}
	return strings.Repeat(">", depth) + " "
}
