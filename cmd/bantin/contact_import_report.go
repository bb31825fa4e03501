package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"bantin"
	"bantin/contact"
	"bantin/publish/collect"
	"bantin/web/office"
)

func (a contactCommands) tellImported(d *collect.Imported, dry bool) {
	if dry {
		a.say("Chạy thử, không ghi gì:", "Dry run, nothing was stored:")
	}
	a.say("%d dòng: %d thêm, %d đổi, %d giữ nguyên, %d không nhận", "%d rows: %d added, %d changed, %d untouched, %d rejected",
		d.Rows, d.Added, d.Changed, d.Untouched, d.Refused)
	if d.Sheet != "" {
		a.note("Đã đọc trang tính %q.", "Read the sheet %q.", d.Sheet)
	}
	tell := func(n int, vi, en string) {
		if n > 0 {
			a.say("  "+vi, "  "+en, n)
		}
	}
	tell(d.Twice, "%d dòng có địa chỉ đã gặp trong tệp: dòng sau bổ sung dòng trước", "%d with an address that came before in the file: the later row adds to the earlier")
	tell(d.Left, "%d người đã ngừng nhận hoặc bị chặn: vẫn giữ như vậy", "%d have left or are suppressed: they stay so")
	tell(d.Erased, "%d người đã yêu cầu xóa: không đưa lại", "%d were erased: they are not brought back")
	switch {
	case d.Incomplete:
		tell(d.Missing, "%d người từ danh sách này nay không còn trong đó: chưa thôi gửi cho ai, vì có dòng không nhận có thể là của họ; hãy sửa các dòng ấy rồi nhập lại",
			"%d came by this list and are no longer on it: nobody is ended, because rejected rows may be theirs; correct those and import again")
	case d.Ended > 0:
		tell(d.Ended, "%d người từ danh sách này nay không còn trong đó: thôi gửi, trừ những gì họ tự chọn (hủy: bantin contacts undo)",
			"%d came by this list and are no longer on it: they are ended, but for what they chose themselves (to undo: bantin contacts undo)")
	default:
		tell(d.Missing, "%d người từ danh sách này nay không còn trong đó: không đổi gì (thôi gửi cho họ: thêm --complete)",
			"%d came by this list and are no longer on it: nothing changes for them (--complete ends them)")
	}
	a.tellRows(d)
	for _, r := range d.Digests {
		a.say("Bản tin tổng hợp %s: %d người trong tệp sẽ nhận", "Digest %s: %d contacts from this file will get it", r.Digest, r.Rows)
		tell(r.NoLevel, "%d người không nhận vì tệp không ghi cấp của họ (cột Cấp), mà bản tin này chỉ gửi đến một số cấp",
			"%d do not, for the file gives no level for them (column level) and this digest goes to some levels only")
		tell(r.NoPlace, "%d người không nhận vì tệp không ghi nơi của họ (cột Tỉnh), mà bản tin này chỉ gửi đến một số nơi",
			"%d do not, for the file gives no place for them (column place) and this digest goes to some places only")
	}
}

// tellRows tells on standard error what is to be said of single rows.
func (a contactCommands) tellRows(d *collect.Imported) {
	for _, note := range d.Notes {
		a.note("  chú ý: %s", "  warning: %s", note.In(a.language))
	}
	for _, bad := range d.Rejected {
		a.note("  dòng %d, %s: %s", "  line %d, %s: %s", bad.Line, whatIsBad(bad), bad.Reason.In(a.language))
	}
	if more := d.Refused - len(d.Rejected); more > 0 {
		a.note("  … và %d dòng không nhận nữa", "  … and %d more rejected rows", more)
	}
	for _, warning := range d.Warnings {
		a.note("  dòng %d, chú ý: %s", "  line %d, warning: %s", warning.Line, whatIsNoted(&warning, a.language))
	}
	if more := d.Warned - len(d.Warnings); more > 0 {
		a.note("  … và %d chú ý nữa", "  … and %d more warnings", more)
	}
	if d.File != "" {
		a.note("Các dòng không nhận nằm trong %s: sửa rồi nhập lại tệp đó.", "The rejected rows are in %s: correct them and import that file.", d.File)
	}
	for _, address := range d.Gone {
		a.note("  không còn trong danh sách: %s", "  no longer on the list: %s", address)
	}
}

// whatIsNoted says what was noticed, with its column where that is known.
func whatIsNoted(w *collect.RowWarning, l bantin.Language) string {
	if w.Column == "" {
		return w.Words.In(l)
	}
	return w.Column + ": " + w.Words.In(l)
}

// whatIsBad shows the cell that a row was rejected for, or where there is none
// what the row says, so that a heading between people is seen to be one.
func whatIsBad(bad *contact.RowError) string {
	value := bad.Value
	if value == "" {
		value = strings.Join(strings.Fields(strings.Join(bad.Fields, " ")), " ")
	}
	if most := 60; utf8.RuneCountInString(value) > most {
		value = string([]rune(value)[:most]) + "…"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %q", bad.Column, value))
}

// importReport is an import as programs and the office's pages read it.
func importReport(d *collect.Imported, dry bool) *office.ImportReport {
	out := &office.ImportReport{DryRun: dry, Rows: d.Rows, Added: d.Added, Changed: d.Changed, Untouched: d.Untouched, Rejected: d.Refused, Repeated: d.Twice,
		Left: d.Left, Erased: d.Erased, Missing: d.Missing, Gone: d.Gone, Ended: d.Ended, Incomplete: d.Incomplete, Sheet: d.Sheet, File: d.File, Notes: d.Notes, Warned: d.Warned}
	for _, bad := range d.Rejected {
		out.Problems = append(out.Problems, office.ImportRow{Line: bad.Line, Column: bad.Column, Value: bad.Value, Shown: whatIsBad(bad), What: bad.Reason})
	}
	for _, w := range d.Warnings {
		out.Warnings = append(out.Warnings, office.ImportRow{Line: w.Line, Column: w.Column, What: w.Words})
	}
	for _, r := range d.Digests {
		out.Digests = append(out.Digests, office.ImportReach{Digest: r.Digest, Rows: r.Rows, NoLevel: r.NoLevel, NoPlace: r.NoPlace})
	}
	return out
}
