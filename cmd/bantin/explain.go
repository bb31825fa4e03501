package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"bantin"
	"bantin/contact"
	"bantin/mailer"
	"bantin/publish/collect"
	"bantin/publish/delivery"
	"bantin/publish/syndicate"
	"bantin/source"
	"bantin/store"
)

// explain says what a person can do about an error. Errors are in English. In
// Vietnamese their text stays in brackets, since it names the file or the item;
// only what a database says itself is left out. A mail server logs ASCII alone, so
// what it runs keeps the English.
func (a *app) explain(err error) string {
	text := whatToDo(err).In(a.language)
	switch {
	case text == "":
		return err.Error()
	case a.language == bantin.English:
		return err.Error() + ": " + text
	case !a.forMailServer && firstHint(databaseHints(), err) != nil:
		return text
	}
	return text + " (" + err.Error() + ")"
}

// whatToDo is empty where the error says it all, in English where that does.
func whatToDo(err error) bantin.Words {
	var held *store.DataDirInUseError
	var renamed *collect.RenamedSourceError
	var merged *store.MergedError
	var row *contact.RowError
	var file *contact.FileError
	var folder *syndicate.FolderError
	var mail *delivery.HeldError
	var site *source.SiteError
	var state *store.StateError
	var missing *notFoundError
	var relay *mailer.SendError
	var refused *store.ResendError
	var noMessage *noMessageError
	switch {
	case errors.As(err, &refused):
		return resendRefused(refused)
	case errors.As(err, &noMessage):
		return bantin.Words{VI: noMessage.words().VI}
	case errors.As(err, &missing):
		return missing.words
	case errors.As(err, &state):
		return wrongState(state)
	case errors.Is(err, store.ErrUnpublished):
		return bantin.Words{VI: "bạn đọc không thấy tin này, vì nó bị giữ lại hoặc đã rút", EN: "it is held or was withdrawn"}
	case errors.Is(err, store.ErrChanged):
		return bantin.Words{VI: "người khác vừa sửa; hãy xem lại rồi làm lại", EN: "look again, and repeat the command"}
	case errors.Is(err, bantin.ErrGreetingTooLong), errors.Is(err, bantin.ErrSubjectTooLong), errors.Is(err, bantin.ErrTooManyPinned):
		return bantin.Say("lời ngỏ nhiều nhất %d chữ, tiêu đề %d chữ, đứng đầu %d tin",
			"a greeting has at most %d characters, a subject %d, and %d bulletins can be pinned", bantin.MaxGreeting, bantin.MaxSubject, bantin.MaxPinned)
	case errors.As(err, &mail):
		return whyHeld(mail.Why)
	case errors.As(err, &relay) && relay.Problem != "":
		return setupHint(relay.Problem)
	case errors.As(err, &site):
		return bantin.Words{VI: site.Words.VI}
	case errors.As(err, &folder) && folder.Taken:
		return bantin.Words{
			VI: fmt.Sprintf("Thư mục %s đang giữ nguồn tin của một nơi cài đặt khác: hãy chọn thư mục khác, hoặc xóa thư mục này trước.", folder.Dir),
			EN: "choose another folder, or remove this one"}
	case errors.As(err, &folder):
		return bantin.Words{
			VI: fmt.Sprintf("Một tiến trình khác đang ghi vào thư mục %s: hãy thử lại khi nó xong.", folder.Dir),
			EN: "try again when it has finished"}
	case errors.As(err, &held):
		return bantin.Words{VI: fmt.Sprintf("Thư mục dữ liệu %s đang do một tiến trình khác giữ (%s): hãy dừng nó trước.", held.Dir, held.Owner)}
	case errors.As(err, &renamed):
		return bantin.Words{VI: fmt.Sprintf("Nguồn %s không được đọc: mục %q đã biết là của nguồn %q, nay không còn trong cấu hình; nếu chỉ đổi tên, hãy ghi `aliases: [%s]` dưới nguồn này.",
			renamed.ID, renamed.Item, renamed.Was, renamed.Was)}
	case errors.As(err, &merged):
		return bantin.Words{VI: fmt.Sprintf("Tin này đã nhập vào %s: hãy dùng id đó.", merged.Into), EN: "use that id"}
	case errors.As(err, &file):
		return bantin.Words{VI: fmt.Sprintf("Không đọc được %s: %s.", file.File, file.Words.VI)}
	case errors.As(err, &row):
		return bantin.Words{VI: fmt.Sprintf("Không đọc được danh sách, dòng %d: %s.", row.Line, row.Reason.VI)}
	}
	if h := firstHint(append(databaseHints(), hints()...), err); h != nil {
		return h.words
	}
	return bantin.Words{}
}

// firstHint gives the first hint that fits an error, or nil.
func firstHint(list []hint, err error) *hint {
	for i := range list {
		if errors.Is(err, list[i].is) {
			return &list[i]
		}
	}
	return nil
}

type hint struct {
	is    error
	words bantin.Words
}

// databaseHints say all that a person needs: the database's own words behind
// them would be in English, and about its insides.
func databaseHints() []hint {
	return []hint{
		{store.ErrOtherJournal, bantin.Words{VI: "Nhật ký này là của một bản cài khác, hoặc làm với khóa bí mật khác."}},
		{store.ErrNewerJournal, bantin.Words{VI: "Nhật ký này do một bản bantin mới hơn ghi: hãy dùng bản đó."}},
		{store.ErrNoJournal, bantin.Words{VI: "Thư mục này không có nhật ký: cần data/journal hoặc bản chép của nó."}},
		{store.ErrBackupDamaged, bantin.Words{VI: "Bản sao lưu này bị hỏng, hoặc không phải là bản sao lưu: hãy lấy một bản khác."}},
		{store.ErrNothingToBackUp, bantin.Words{VI: "Cơ sở dữ liệu không có người nhận, tin hay kỳ nào: ổ đĩa đã được gắn chưa, khóa data có đúng thư mục không?"}},
		{store.ErrOtherSecret, bantin.Words{VI: "Cơ sở dữ liệu này đã dùng với khóa bí mật khác: với khóa này mọi liên kết trong thư đã gửi đều hỏng, và người đã xóa có thể quay lại. Hãy ghi tệp khóa cũ vào site.secret_file, hoặc thêm nó vào site.former_secrets."}},
		{store.ErrNewer, bantin.Words{VI: "Cơ sở dữ liệu do một bản bantin mới hơn ghi: hãy chạy bản đó, hoặc khôi phục bản sao lưu trước khi nâng cấp."}},
		{store.ErrLocked, bantin.Words{VI: "Cơ sở dữ liệu đang bị chương trình khác khóa: hãy đóng chương trình đó hoặc chờ nó xong."}},
		{store.ErrNoRoomToSort, bantin.Words{VI: "Thư mục chứa tệp tạm (SQLITE_TMPDIR, không đặt thì là của hệ thống) hết chỗ: khi nhập, danh sách cần chỗ trống bằng cỡ của nó ở dạng CSV; chưa có gì thay đổi."}},
		{store.ErrFull, bantin.Words{VI: "Ổ đĩa đã đầy: hãy giải phóng chỗ trống; không có gì bị mất."}},
		{store.ErrReadOnly, bantin.Words{VI: "Không ghi được cơ sở dữ liệu: hãy xem chủ sở hữu và quyền của thư mục dữ liệu."}},
		{store.ErrUnavailable, bantin.Words{VI: "Cơ sở dữ liệu không trả lời: hãy xem PostgreSQL có đang chạy và có kết nối được không; không có gì bị mất."}},
		{store.ErrAccessDenied, bantin.Words{VI: "Cơ sở dữ liệu không nhận người dùng hoặc mật khẩu này: hãy xem người dùng, mật khẩu và quyền trong khóa database."}},
		{store.ErrNoDatabase, bantin.Words{VI: "Không có cơ sở dữ liệu này: hãy tạo nó (createdb), hoặc xem lại tên trong khóa database."}},
		{store.ErrStandby, bantin.Words{VI: "Cơ sở dữ liệu không cho ghi: đây là máy dự phòng, hoặc chỉ được đọc."}},
		{store.ErrTooManyConnections, bantin.Words{VI: "Cơ sở dữ liệu hết chỗ kết nối: hãy tăng max_connections, hoặc chạy ít nút hơn."}},
		{store.ErrInUse, bantin.Words{VI: "Cơ sở dữ liệu đang được dùng: hãy dừng mọi `bantin run` và mọi lệnh đang gửi thư trước."}},
		{store.ErrNotEmpty, bantin.Words{VI: "Cơ sở dữ liệu đích không trống: hãy chọn nơi chưa có gì của bantin."}},
		{store.ErrCopyDiffers, bantin.Words{VI: "Bản chép không giống bản gốc: hãy chép lại vào một cơ sở dữ liệu trống."}},
		{store.ErrNotSQLite, bantin.Words{VI: "Lệnh này chỉ chép SQLite; với PostgreSQL hãy sao lưu bằng công cụ của nó, như pg_dump."}},
		{store.ErrDamaged, bantin.Words{VI: "Tệp cơ sở dữ liệu bị hỏng: hãy khôi phục bản sao lưu mới nhất."}},
	}
}

// hints are in their order: the first that fits is given.
func hints() []hint {
	return []hint{
		{bantin.ErrNotFound, bantin.Words{VI: "Không tìm thấy."}},
		{store.ErrNothingFailed, bantin.Words{VI: "Không có thư nào hỏng: không có gì để gửi lại."}},
		{store.ErrFailedSuppressed, bantin.Words{
			VI: "Các thư hỏng đều gửi tới địa chỉ bị chặn gửi. Nếu bị chặn nhầm: `bantin suppressions undo --since NGÀY`, rồi gửi lại.",
			EN: "where that is wrong, `bantin suppressions undo --since DAY`, then retry"}},
		{store.ErrNoTitle, bantin.Words{VI: "Tin phải có tiêu đề."}},
		{store.ErrNotPublished, bantin.Words{VI: "Tin đang bị giữ hoặc đã rút: hãy dùng `bantin bulletins release` trước."}},
		{store.ErrSelfMerge, bantin.Words{VI: "Không thể nhập một tin vào chính nó: hãy cho hai id khác nhau."}},
		{syscall.EADDRINUSE, bantin.Words{
			VI: "Cổng này đang do chương trình khác dùng: hãy dừng chương trình đó, hoặc đổi http.listen.",
			EN: "stop the program that uses the port, or change http.listen"}},
		{syscall.ENOSPC, bantin.Words{VI: "Ổ đĩa đã đầy: hãy giải phóng chỗ trống."}},
		{fs.ErrNotExist, bantin.Words{VI: "Không có tệp hoặc thư mục này."}},
		{fs.ErrExist, bantin.Words{VI: "Tệp này đã có: hãy chọn tên khác."}},
		{fs.ErrPermission, bantin.Words{VI: "Không được phép: hãy xem chủ sở hữu và quyền của tệp hoặc thư mục này."}},
		{syscall.EROFS, bantin.Words{VI: "Ổ đĩa này chỉ đọc được."}},
		{syscall.ENOTDIR, bantin.Words{VI: "Một phần của đường dẫn là tệp, không phải thư mục."}},
		{syscall.EISDIR, bantin.Words{VI: "Đây là thư mục, cần một tệp."}},
	}
}
