package doctor

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"bantin/store"
)

// databaseTimeout is how long the database is read through: a large one takes longer, and
// is then checked in part.
const databaseTimeout = 10 * time.Second

// checkDatabase looks whether the database can be used, is whole, and is not held.
func checkDatabase(ctx context.Context, o *Options) Finding {
	if o.Store == nil {
		return unopened(o.StoreErr)
	}
	if o.StoreErr != nil {
		return unopened(o.StoreErr)
	}
	asking, cancel := context.WithTimeout(ctx, databaseTimeout)
	defer cancel()
	version, err := o.Store.Version(asking)
	if err != nil {
		return failed(words("cơ sở dữ liệu không trả lời: %v", "the database does not answer: %v", err), words("xem PostgreSQL, hoặc thư mục data", "check PostgreSQL, or the folder of data"))
	}
	what := words("%s, lược đồ %d, bantin %s", "%s, schema %d, bantin %s", version.Engine, version.Schema, o.Version)
	err = o.Store.QuickCheck(asking)
	switch {
	case errors.Is(err, store.ErrDamaged):
		return failed(join(what, words("bị hỏng: %v", "it is damaged: %v", err)),
			words("dừng bantin run và khôi phục bản sao lưu mới nhất: bantin restore TỆP", "stop bantin run and restore the newest backup: bantin restore FILE"))
	case errors.Is(err, context.DeadlineExceeded) || asking.Err() != nil:
		what = join(what, words("quá lớn để đọc hết trong lần này", "too large to be read through this time"))
	case err != nil:
		return failed(join(what, words("không đọc hết được: %v", "it cannot be read through: %v", err)), words("xem ổ đĩa và thư mục data", "check the disk and the folder of data"))
	}
	if version.ReadOnly {
		return failed(join(what, words("chỉ đọc được", "it can only be read")), words("khóa database phải trỏ tới máy chủ chính, không phải máy dự phòng", "database must name the primary server, not a standby"))
	}
	why, err := o.Store.Deliveries().HoldReason(ctx)
	if err == nil && why != store.NotHeld {
		return warning(join(what, words("mọi việc gửi thư đang bị giữ (%s)", "all mailing is held (%s)", why)), words("nếu được gửi: bantin deliveries resume", "if it may continue: bantin deliveries resume"))
	}
	return ok(what)
}

// unopened is the finding of a database that could not be opened.
func unopened(err error) Finding {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return warning(words("chưa có cơ sở dữ liệu", "there is no database yet"), words("lần chạy `bantin run` đầu tiên sẽ tạo ra", "the first `bantin run` makes it"))
	case errors.Is(err, store.ErrOlder):
		return warning(words("cơ sở dữ liệu của bản bantin cũ hơn", "the database is of an older bantin"), words("lần chạy `bantin run` tới sẽ nâng cấp; hãy sao lưu trước", "the next `bantin run` upgrades it; make a backup first"))
	}
	return failed(words("không mở được cơ sở dữ liệu: %v", "the database cannot be opened: %v", err), words("xem khóa data và database, và quyền của thư mục", "check data and database in the YAML, and the permissions of the folder"))
}
