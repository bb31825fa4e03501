package extract

import (
	"regexp"
	"strconv"
	"strings"

	"bantin/place"
)

// A title names its issue by a number behind a word for it ("số 14/2026", "tuần 50",
// "tháng mười", "quý III"), by a day or a year, or by a number at its end.
var (
	issueNumber = regexp.MustCompile(`\b(so|tuan|thang|quy|ky|ki|dot|lan|tap|phan|ban tin|no|issue|week|month|vol|quarter)` +
		`\b[ .:#]*(?:(?:thu|le|so|no) )?(\d{1,4}|muoi mot|muoi hai|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi|gieng|chap|[ivx]{1,5})\b(?: ?[/.-] ?(\d{4})\b)?`)
	issueDay  = regexp.MustCompile(`\b(\d{1,2}) ?[/.-] ?(\d{1,2})(?: ?[/.-] ?(\d{4}))?\b`)
	issueYear = regexp.MustCompile(`\b((?:19|20)\d\d)\b`)
	issueEnd  = regexp.MustCompile(`\b(\d{1,4})\W*$`)
)

// IssueRose reports whether two titles of one file name issues, and the second a later
// one: an office that overwrites its weekly report.
func IssueRose(before, after string) bool {
	was := issuesOf(before)
	for label, now := range issuesOf(after) {
		if then, ok := was[label]; ok && now.after(then) {
			return true
		}
	}
	return false
}

// issue is a number in a title, and its year where that is known.
type issue struct{ year, number int }

func (i issue) after(then issue) bool {
	if i.year != then.year && i.year != 0 && then.year != 0 {
		return i.year > then.year
	}
	return i.number > then.number
}

// issuesOf finds the numbers of a title by the words before them.
func issuesOf(title string) map[string]issue {
	text := place.Fold(title)
	issues := map[string]issue{}
	year := 0
	if m := issueYear.FindStringSubmatch(text); m != nil {
		year, _ = strconv.Atoi(m[1])
		issues["year"] = issue{number: year}
	}
	for _, m := range issueNumber.FindAllStringSubmatch(text, -1) {
		if _, met := issues[m[1]]; met {
			continue
		}
		own := year
		if m[3] != "" {
			own, _ = strconv.Atoi(m[3])
		}
		if n := issueValue(m[2]); n > 0 {
			issues[m[1]] = issue{own, n}
		}
	}
	if m := issueDay.FindStringSubmatch(text); m != nil {
		day, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		own, _ := strconv.Atoi(m[3])
		if day <= 31 && month <= 12 {
			issues["day"] = issue{own, month*100 + day}
		}
	}
	if m := issueEnd.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		issues["end"] = issue{number: n}
	}
	return issues
}

var (
	issueWords  = strings.Fields("mot hai ba bon nam sau bay tam chin muoi muoi-mot muoi-hai")
	issueRomans = strings.Fields("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx")
)

// issueValue is the value of a number in digits, words or Roman digits; 0 for none.
func issueValue(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	switch text {
	case "tu":
		return 4
	case "gieng":
		return 1
	case "chap":
		return 12
	}
	for _, list := range [][]string{issueWords, issueRomans} {
		for i, word := range list {
			if strings.ReplaceAll(word, "-", " ") == text {
				return i + 1
			}
		}
	}
	return 0
}
