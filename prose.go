package bantin

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Prose is a text without what an administrative letter has around its words: the
// letterhead at its beginning, and at its end the recipients ("Nơi nhận") and the
// signature. A sentence that mentions one of these stays, and so does all of it in the
// midst of a text.
func Prose(text string) string {
	if strings.Contains(text, nationBegins) {
		text = joinedLetterhead.ReplaceAllString(text, "")
	}
	lines := strings.Split(text, "\n")
	head := letterheadLines(lines)
	end := len(lines) - closingLines(lines[head:])
	from, to := linesSize(lines[:head]), len(text)-linesSize(lines[end:])
	if from >= to {
		return ""
	}
	return strings.TrimSpace(text[from:to])
}

// linesSize is how long lines are with their ends.
func linesSize(lines []string) int {
	n := 0
	for _, line := range lines {
		n += len(line) + len("\n")
	}
	return n
}

// maxLetterhead and maxClosing are how many lines a letterhead and a closing may have,
// the empty ones too; maxFormalLine is how many characters a line of them has.
const (
	maxLetterhead = 30
	maxClosing    = 60
	maxFormalLine = 120
)

// nationBegins is how the nation's name begins, and isFormal looks for the words of which
// each letterhead has one: most texts have none, and need no pattern.
const nationBegins = "CỘNG H"

func isFormal(line string) bool {
	return slices.ContainsFunc([]string{nationBegins, "HỘI KHUYẾN HỌC", "ộc lập", "ộc Lập", "ỘC LẬP", "Số", "ngày"}, func(word string) bool { return strings.Contains(line, word) })
}

const (
	nation      = `CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM`
	motto       = `(?:Độc lập|Độc Lập|ĐỘC LẬP)\s*[-–—.]\s*(?:Tự do|Tự Do|TỰ DO)\s*[-–—.]\s*(?:Hạnh phúc|Hạnh Phúc|HẠNH PHÚC)`
	number      = `Số:?\s*[\d….]*\s*/\s*(?:\d+\s*/\s*)?\p{Lu}[\p{Lu}\d&/.-]*`
	placeAndDay = `\p{Lu}[\p{L} .]{1,40},\s*ngày\s+[\d….]{1,6}\s*tháng\s+[\d….]{1,6}\s*năm\s+[\d….]{2,6}`
)

var (
	// letterheadLine is a line of a letterhead that is nothing else; what is in capitals
	// before it is the office.
	letterheadLine = regexp.MustCompile(`^(?:[^\p{Ll}]*?(?:` + nation + `|` + motto + `|` + number + `|` + placeAndDay + `)[\s*_.–—-]*)+$|^(?:TRUNG ƯƠNG )?HỘI KHUYẾN HỌC VIỆT NAM$`)

	// joinedLetterhead is a letterhead in one line with the words that follow it.
	joinedLetterhead = regexp.MustCompile(`^[^\p{Ll}\n]{0,120}` + nation + `[^\p{L}\n]*` + motto + `[\s*_–—-]*(?:` + number + `\s+)?(?:` + placeAndDay + `\s+)?`)

	officeLine  = regexp.MustCompile(`^(?:TRUNG ƯƠNG HỘI|HỘI KHUYẾN HỌC|BAN CHẤP HÀNH|BAN THƯỜNG VỤ)[^\p{Ll}]*$`)
	subjectLine = regexp.MustCompile(`^\(?V/v\s`) // below the number of an official letter

	recipientsLine = regexp.MustCompile(`^(?:Nơi nhận|NƠI NHẬN)\s*:?\s*(?:$|[-–+•*]|Như )`)
	signingLine    = regexp.MustCompile(`^(?:(?:TM|T/M|KT|TL|TUQ)\.?\s+\p{Lu}[^\p{Ll}]*|\(?(?:[Đđ]ã ký|ĐÃ KÝ)[^\p{L}]*)$`)
	officerLine    = regexp.MustCompile(`^(?:Q\.\s*)?(?:PHÓ )?(?:CHỦ TỊCH|TỔNG THƯ KÝ|CHÁNH VĂN PHÒNG|GIÁM ĐỐC|TRƯỞNG BAN)[^\p{Ll}]*$`)
	recipientLine  = regexp.MustCompile(`^(?:[-–+•*]|Như |Lưu)|;$`)
	nameLine       = regexp.MustCompile(`^(?:\p{Lu}[\p{L}.]*\s*){1,8}$`)
)

// letterheadLines is how many lines at the beginning are a letterhead: down to the last
// one that can be nothing else, when those before it may belong to it.
func letterheadLines(lines []string) int {
	end := 0
	for i, line := range lines[:min(len(lines), maxLetterhead)] {
		sure, possible := false, true
		for _, cell := range cells(line) {
			isSure := isFormal(cell) && letterheadLine.MatchString(cell) || end > 0 && officeLine.MatchString(cell)
			sure = sure || isSure
			possible = possible && (isSure || isCapitals(cell) || subjectLine.MatchString(cell))
		}
		if !possible {
			break
		}
		if sure {
			end = i + 1
		}
	}
	return end
}

// closingLines is how many lines at the end are recipients and signature.
func closingLines(lines []string) int {
	first := len(lines)
	for i := len(lines) - 1; i >= max(0, len(lines)-maxClosing); i-- {
		parts := cells(lines[i])
		if slices.ContainsFunc(parts, func(cell string) bool { return !isClosing(cell) }) {
			break
		}
		opens := slices.ContainsFunc(parts, func(cell string) bool {
			return recipientsLine.MatchString(cell) || signingLine.MatchString(cell)
		})
		above := first < len(lines) && strings.TrimSpace(strings.Join(lines[i+1:first], "")) == "" &&
			slices.ContainsFunc(parts, officerLine.MatchString)
		if opens || above {
			first = i
		}
	}
	return len(lines) - first
}

// isClosing reports whether a line may stand below a letter's last sentence.
func isClosing(line string) bool {
	return isCapitals(line) || recipientsLine.MatchString(line) || signingLine.MatchString(line) ||
		utf8.RuneCountInString(line) <= maxFormalLine && (recipientLine.MatchString(line) || nameLine.MatchString(line))
}

// isCapitals reports whether a line is short and has no small letter.
func isCapitals(line string) bool {
	return utf8.RuneCountInString(line) <= maxFormalLine && !strings.ContainsFunc(line, unicode.IsLower)
}

// cells are the parts of a line: those of a table's row stand apart.
func cells(line string) []string {
	parts := strings.Split(line, " | ")
	for i := range parts {
		parts[i] = strings.Trim(parts[i], " \t*_|")
	}
	return parts
}
