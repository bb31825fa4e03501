package mailbox

import "strings"

// unflow joins the lines that a program broke for their length (RFC 3676): those that end
// in a blank go on. Where DelSp says so that blank is no part of the text.
func unflow(text string, delSp bool) string {
	var out []string
	depth, open := 0, false
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		quoted := len(line) - len(strings.TrimLeft(line, ">"))
		words := strings.TrimPrefix(line[quoted:], " ")
		signature := words == "-- "
		if open && quoted == depth && !signature {
			out[len(out)-1] += words
		} else {
			out = append(out, quoteMark(quoted)+words)
		}
		depth, open = quoted, strings.HasSuffix(words, " ") && !signature
		if open && delSp {
			out[len(out)-1] = strings.TrimSuffix(out[len(out)-1], " ")
		}
	}
	return strings.Join(out, "\n")
}

func quoteMark(depth int) string {
	if depth == 0 {
		return ""
	}
	return strings.Repeat(">", depth) + " "
}
