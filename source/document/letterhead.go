package document

import (
	"regexp"
	"slices"
	"strings"

	"bantin"
	"bantin/place"
	"bantin/source/document/docx"
	"bantin/source/extract"
)

// letter is a document of Word as offices write it: a letterhead, the kind of the letter,
// what it is about.
type letter struct {
	*docx.Document
	draft *Draft
}

// takeTitle takes the title out of the text: the paragraph of the style Title,
// else the first heading, else the first bold line, each near the top. A letterhead
// is no title, and no text either.
func (l *letter) takeTitle() {
	top := l.Blocks[:min(len(l.Blocks), 15)]
	for _, is := range []func(*docx.Block) bool{
		func(b *docx.Block) bool { return b.Kind == "title" },
		func(b *docx.Block) bool { return isHeadingKind(b.Kind) },
		func(b *docx.Block) bool { return b.Kind == "" && b.Bold && !isLetterhead(b.Text) },
	} {
		i := slices.IndexFunc(top, func(b docx.Block) bool { return b.Text != "" && len(b.Images) == 0 && is(&b) })
		if i < 0 {
			continue
		}
		title := l.Blocks[i].Text
		l.Blocks = slices.Delete(l.Blocks, i, i+1)
		if isKindOfLetter(title) && i < len(l.Blocks) && l.Blocks[i].Kind == "" && l.Blocks[i].Bold {
			runes := []rune(title)
			title = string(runes[:1]) + strings.ToLower(string(runes[1:])) + ": " + l.Blocks[i].Text
			l.Blocks = slices.Delete(l.Blocks, i, i+1)
		}
		l.draft.Title = title
		l.takeLetterhead(i)
		return
	}
}

func isHeadingKind(kind string) bool { return len(kind) == 2 && kind[0] == 'h' }

// isKindOfLetter reports whether a line names the kind of a letter; the line below
// it then says what the letter is about.
func isKindOfLetter(text string) bool {
	return slices.Contains([]string{"thong bao", "ke hoach", "bao cao", "quyet dinh", "cong van", "huong dan", "to trinh", "thu ngo",
		"giay moi", "nghi quyet", "chuong trinh", "chi thi", "thong cao bao chi"}, place.Fold(text))
}

// takeLetterhead takes the letterhead above the title out of the text: office, motto,
// place and day. The day is that of the bulletin where nothing else says one. The
// number of the letter goes to the end, for those who cite it.
func (l *letter) takeLetterhead(title int) {
	var said []string
	kept := l.Blocks[:0:0]
	for i, b := range l.Blocks {
		head := b.Kind == "table" && hasMotto(b.Text) || b.Kind == "" && isLetterhead(b.Text)
		if i >= title || !head || len(b.Images) > 0 {
			kept = append(kept, b)
			continue
		}
		said = append(said, b.Text)
	}
	l.Blocks = kept
	head := strings.Join(said, "\n")
	if i := strings.Index(head, "ngày "); i >= 0 && l.draft.Published.IsZero() {
		if day, n := extract.ReadDay(strings.TrimLeft(head[i+len("ngày "):], " 0"), bantin.Day{}); n > 0 {
			l.draft.Published, l.draft.PublishedPrecision = day.In(l.draft.options.Location), bantin.PrecisionDay
		}
	}
	if number := letterNumber.FindString(head); number != "" {
		l.Blocks = append(l.Blocks, docx.Block{HTML: escape(number), Text: number})
	}
}

var letterNumber = regexp.MustCompile(`Số:\s*\d+\s*/\s*[\p{Lu}\d][\p{L}\d/-]*`)

// hasMotto reports whether a text contains the motto of the state.
func hasMotto(text string) bool {
	folded := place.Fold(text)
	return strings.Contains(folded, "doc lap") && strings.Contains(folded, "hanh phuc")
}

// isLetterhead reports whether a line is of a letterhead: the name and motto of the
// state, an office in capitals, the number, place and day.
func isLetterhead(text string) bool {
	folded := place.Fold(text)
	capitals := strings.ToUpper(text) == text
	for _, office := range []string{"cong hoa xa hoi", "hoi khuyen hoc", "trung uong hoi", "ban chap hanh"} {
		if capitals && strings.HasPrefix(folded, office) {
			return true
		}
	}
	return hasMotto(text) || letterNumber.MatchString(text) || placeAndDay.MatchString(text)
}

var placeAndDay = regexp.MustCompile(`^\p{Lu}[\p{L} .]{1,40}, ngày\s+\d{1,2} tháng\s+\d{1,2} năm\s+\d{4}$`)
