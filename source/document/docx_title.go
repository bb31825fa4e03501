package document

import (
	"regexp"
	"slices"
	"strings"

	"bantin"
	"bantin/place"
	"bantin/source/extract"
)

// takeTitle takes the title out of the pieces: the paragraph of the style Title,
// else the first heading, else the first bold line, each near the top. A letterhead
// is no title, and no text either.
func (w *docxWriter) takeTitle() {
	top := w.pieces[:min(len(w.pieces), 15)]
	for _, is := range []func(*piece) bool{
		func(p *piece) bool { return p.kind == "title" },
		func(p *piece) bool { return strings.HasPrefix(p.kind, "h") },
		func(p *piece) bool { return p.kind == "" && p.bold && !isLetterhead(p.text) },
	} {
		i := slices.IndexFunc(top, func(p piece) bool { return p.text != "" && len(p.images) == 0 && is(&p) })
		if i < 0 {
			continue
		}
		title := w.pieces[i].text
		w.pieces = slices.Delete(w.pieces, i, i+1)
		if isKindOfLetter(title) && i < len(w.pieces) && w.pieces[i].kind == "" && w.pieces[i].bold {
			runes := []rune(title)
			title = string(runes[:1]) + strings.ToLower(string(runes[1:])) + ": " + w.pieces[i].text
			w.pieces = slices.Delete(w.pieces, i, i+1)
		}
		w.draft.Title = title
		w.takeLetterhead(i)
		return
	}
}

// isKindOfLetter reports whether a line names the kind of a letter; the line below
// it then says what the letter is about.
func isKindOfLetter(text string) bool {
	return slices.Contains([]string{"thong bao", "ke hoach", "bao cao", "quyet dinh", "cong van", "huong dan", "to trinh", "thu ngo",
		"giay moi", "nghi quyet", "chuong trinh", "chi thi", "thong cao bao chi"}, place.Fold(text))
}

// takeLetterhead takes the letterhead above the title out of the text: office, motto,
// place and day. The day is that of the bulletin where nothing else says one. The
// number of the letter goes to the end, for those who cite it.
func (w *docxWriter) takeLetterhead(title int) {
	var said []string
	kept := w.pieces[:0:0]
	for i, p := range w.pieces {
		head := p.kind == "table" && hasMotto(p.text) || p.kind == "" && isLetterhead(p.text)
		if i >= title || !head || len(p.images) > 0 {
			kept = append(kept, p)
			continue
		}
		said = append(said, p.text)
	}
	w.pieces = kept
	head := strings.Join(said, "\n")
	if i := strings.Index(head, "ngày "); i >= 0 && w.draft.Published.IsZero() {
		if day, n := extract.ReadDay(strings.TrimLeft(head[i+len("ngày "):], " 0"), bantin.Day{}); n > 0 {
			w.draft.Published, w.draft.PublishedPrecision = day.In(w.draft.options.Location), bantin.PrecisionDay
		}
	}
	if number := letterNumber.FindString(head); number != "" {
		w.pieces = append(w.pieces, piece{html: escape(number), text: number})
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
