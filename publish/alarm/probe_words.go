package alarm

import (
	"errors"
	"fmt"

	"bantin"
	"bantin/store"
)

// databaseTrouble says what is wrong with the database.
func databaseTrouble(a *Alarms, err error) bantin.Trouble {
	at := a.at()
	t := bantin.Trouble{Kind: bantin.TroubleDatabase, Object: a.Here(""), Subject: bantin.Words{VI: "Cơ sở dữ liệu" + at.VI, EN: "Database" + at.EN}}
	switch {
	case err == nil:
	case errors.Is(err, store.ErrDamaged):
		t.What = bantin.Words{VI: "Tệp cơ sở dữ liệu bị hỏng.", EN: "The database file is damaged."}
		t.Hint = bantin.Words{VI: "Hãy dừng bantin, kiểm tra ổ đĩa và khôi phục bản sao lưu mới nhất (docs/backup.md).", EN: "Stop bantin, check the disk and restore the newest backup (docs/backup.md)."}
	case errors.Is(err, store.ErrFull):
		t.What = bantin.Words{VI: "Ổ đĩa đầy: không ghi được vào cơ sở dữ liệu. Không mất gì, việc gửi thư đang chờ.", EN: "The disk is full: the database cannot be written. Nothing is lost, mailing waits."}
		t.Hint = bantin.Words{VI: "Hãy dọn ổ đĩa.", EN: "Free some space."}
	case errors.Is(err, store.ErrStandby):
		t.What = bantin.Words{VI: "Máy chủ cơ sở dữ liệu chỉ cho đọc: nó là bản dự phòng (standby), hoặc được đặt chỉ đọc.", EN: "The database takes no writes: it is a standby, or set to read only."}
		t.Hint = bantin.Words{VI: "Hãy xem địa chỉ ở khóa database có phải của máy chủ chính không.", EN: "See whether the address in the key database is that of the primary server."}
	case errors.Is(err, store.ErrAccessDenied), errors.Is(err, store.ErrNoDatabase):
		t.What = bantin.Words{VI: "Máy chủ cơ sở dữ liệu không cho đăng nhập, hoặc không có cơ sở dữ liệu này.", EN: "The database refuses the log-in, or does not exist."}
		t.Hint = bantin.Words{VI: "Hãy xem người dùng, mật khẩu, quyền và tên trong khóa database.", EN: "Look at the user, the password, the rights and the name in the key database."}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrTooManyConnections):
		t.What = bantin.Words{VI: "Máy chủ cơ sở dữ liệu không trả lời hoặc hết chỗ kết nối.", EN: "The database server does not answer, or has no connection left."}
		t.Hint = bantin.Words{VI: "Hãy xem PostgreSQL có chạy và tới được không. Không mất gì; khi có lại, mọi việc tự đi tiếp.", EN: "See whether PostgreSQL runs and can be reached. Nothing is lost; once it is back, all goes on by itself."}
	case errors.Is(err, store.ErrReadOnly):
		t.What = bantin.Words{VI: "Không ghi được vào cơ sở dữ liệu: chỉ đọc được.", EN: "The database can be read only, and not written."}
		t.Hint = bantin.Words{VI: "Hãy xem chủ và quyền của thư mục dữ liệu, và ổ đĩa có bị chuyển sang chỉ đọc không.", EN: "Look at the owner and the permissions of the data directory, and whether the disk became read-only."}
	case errors.Is(err, store.ErrLocked):
		t.What = bantin.Words{VI: "Chương trình khác đang khóa cơ sở dữ liệu.", EN: "Another program locks the database."}
		t.Hint = bantin.Words{VI: "Hãy đóng chương trình ấy, hoặc chờ nó xong.", EN: "Close that program, or wait until it is done."}
	default:
		t.What = bantin.Words{VI: "Không dùng được cơ sở dữ liệu: " + err.Error(), EN: "The database cannot be used: " + err.Error()}
		t.Hint = bantin.Words{VI: "Hãy xem máy chủ cơ sở dữ liệu có chạy và có cho đăng nhập không; khi có lại, mọi việc tự đi tiếp.", EN: "See whether the database server runs and lets us log in; once it is back, all goes on by itself."}
	}
	return t
}

// unwritableTrouble says that nothing can be written into the data directory.
func unwritableTrouble(a *Alarms, dir string, err error) bantin.Trouble {
	at := a.at()
	return bantin.Trouble{
		Kind: bantin.TroubleDisk, Object: a.Here("write"), Subject: bantin.Words{VI: "Ổ đĩa" + at.VI, EN: "Disk" + at.EN},
		What: bantin.Say("Không ghi được vào %s: %v", "%s cannot be written: %v", dir, err),
		Hint: bantin.Words{VI: "Hãy xem chỗ trống, chủ và quyền của thư mục ấy, và ổ đĩa có bị chuyển sang chỉ đọc không.", EN: "Look at its free space, its owner and permissions, and whether the disk became read-only."},
	}
}

// fullTrouble says that the disk is nearly full. It names no figure that changes with
// each look.
func fullTrouble(a *Alarms, dir string, free float64) bantin.Trouble {
	at := a.at()
	percent := int(free * 100)
	return bantin.Trouble{
		Kind: bantin.TroubleDisk, Object: a.Here("space"), Subject: bantin.Words{VI: "Ổ đĩa sắp đầy" + at.VI, EN: "Disk is nearly full" + at.EN},
		What: bantin.Words{VI: fmt.Sprintf("Ổ đĩa của %s còn trống chưa đến %d%%.", dir, percent+1), EN: fmt.Sprintf("Less than %d%% of the disk of %s is free.", percent+1, dir)},
		Hint: bantin.Words{VI: "Hãy dọn ổ đĩa: bản sao lưu cũ, nhật ký, data/outbox. Khi đầy, việc gửi thư dừng và không mất gì.", EN: "Free some space: old backups, logs, data/outbox. When it is full mailing stops, and nothing is lost."},
	}
}
