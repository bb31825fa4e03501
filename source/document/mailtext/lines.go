// Package mailtext finds out what of a mail is its writer's own text. The head of a mail
// that it forwards, what it answers and signatures name people, and are left out: of
// plain text and of paragraphs by their lines ([Own]), of HTML also by the marks that mail
// programs leave in it ([CutElements]).
package mailtext

import (
	"regexp"
	"strings"
)

// Lines are the lines of a mail.
type Lines struct {
	Cut []bool // by line: it is none of the mail's own text

	lines   []string
	answers bool // the mail answers another, as its subject says
	head    int  // where the first head of a forwarded mail began; -1: there is none
}

// Own finds the lines that are a mail's own text. answers says that the mail answers
// another: then what stands behind a head is that one.
func Own(lines []string, answers bool) *Lines {
	o := &Lines{lines: lines, Cut: make([]bool, len(lines)), answers: answers, head: -1}
	o.cutHeads()
	o.cutAnswered()
	o.cutSignature()
	o.cutCover()
	o.cutDevice()
	return o
}

func (o *Lines) text(i int) string { return strings.TrimSpace(strings.TrimLeft(o.lines[i], "> ")) }

func (o *Lines) remove(begin, end int) {
	for i := begin; i < end; i++ {
		o.Cut[i] = true
	}
}

// cutSignature cuts from the line "-- " (RFC 3676 4.3) to the end, or to the head of a
// forwarded mail. Editors drop the blank: then only a few lines are a signature.
func (o *Lines) cutSignature() {
	const longest = 12 // lines
	for i, line := range o.lines {
		if o.Cut[i] || strings.TrimRight(line, " \t\u00a0\r") != "--" {
			continue
		}
		end := len(o.lines)
		if o.head > i {
			end = o.head
		}
		if line == "-- " || end-i <= longest {
			o.remove(i, end)
		}
	}
}

var deviceLine = regexp.MustCompile(`(?i)^(?:sent from (?:my|mail for|outlook|yahoo)|gửi từ (?:iphone|ipad|điện thoại|outlook|thư)|(?:được|đã) gửi từ|get outlook for|tải outlook cho|lấy outlook cho)\b`)

// cutDevice cuts the last line, where a program names itself.
func (o *Lines) cutDevice() {
	for i := len(o.lines) - 1; i >= 0; i-- {
		if o.Cut[i] || o.text(i) == "" {
			continue
		}
		o.Cut[i] = deviceLine.MatchString(o.text(i))
		return
	}
}

// Kept are the lines that are left, without the signs of quoting.
func (o *Lines) Kept() (lines []string) {
	for i, line := range o.lines {
		if !o.Cut[i] {
			if isQuoted(line) {
				line = strings.TrimLeft(line, "> ")
			}
			lines = append(lines, line)
		}
	}
	return lines
}
