package doctor

import (
	"context"
	"errors"
	"io"

	"bantin/contact"
)

// checkContacts reads the list of contacts through, as its import would.
func checkContacts(ctx context.Context, o *Options) Finding {
	if o.Contacts == "" {
		return skipped(words("không có khóa contacts: danh sách được nhập bằng lệnh hoặc trang văn phòng", "there is no key contacts: the list is imported by command"))
	}
	hint := words("mở tệp bằng Excel và lưu lại; `bantin contacts import --dry-run` cho biết từng dòng", "open the file in Excel and save it again; `bantin contacts import --dry-run` tells row by row")
	rows, err := contact.Open(o.Contacts)
	if err != nil {
		return failed(words("không đọc được danh sách người nhận: %v", "the list of contacts cannot be read: %v", err), hint)
	}
	defer rows.Close()
	good, rejected := 0, 0
	for ctx.Err() == nil {
		_, err := rows.Next()
		var row *contact.RowError
		switch {
		case err == nil:
			good++
			continue
		case errors.As(err, &row):
			rejected++
			continue
		case errors.Is(err, io.EOF):
			return contactsRead(o.Contacts, good, rejected)
		}
		return failed(words("danh sách người nhận hỏng sau %d dòng: %v", "the list of contacts is broken after %d rows: %v", good, err), hint)
	}
	return ok(words("%s: đã đọc %d người, chưa hết trong thời gian cho phép", "%s: %d contacts were read before the time was over", o.Contacts, good))
}

func contactsRead(file string, good, rejected int) Finding {
	what := words("%s: đọc được %d người, %d dòng bị loại", "%s: %d contacts can be read, %d rows are rejected", file, good, rejected)
	hint := words("xem `bantin contacts import --dry-run`", "see `bantin contacts import --dry-run`")
	switch {
	case good == 0:
		return failed(what, hint)
	case rejected > 0:
		return warning(what, hint)
	}
	return ok(what)
}
