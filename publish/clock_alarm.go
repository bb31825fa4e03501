package publish

import (
	"context"
	"time"

	"bantin"
)

// alarm tells people of a clock that is not believed. One that is in doubt since the
// start, as after a weekend without power, is mostly right: it is believed soon, or
// contradicted.
func (w *ClockWatch) alarm(ctx context.Context, sure bool) {
	if w.Alarms == nil {
		return
	}
	object := w.Alarms.Here("")
	if sure {
		w.Alarms.End(ctx, bantin.TroubleClock, object)
		return
	}
	shows, expected, denied := w.Clock.Doubt()
	if denied == "" && !w.everSure {
		return
	}
	w.Alarms.Begin(ctx, clockTrouble(object, shows, expected, denied))
}

// clockTrouble says what is wrong with a clock.
func clockTrouble(object string, shows, expected time.Time, denied string) bantin.Trouble {
	t := bantin.Trouble{
		Kind: bantin.TroubleClock, Object: object, Subject: bantin.Words{VI: "Đồng hồ của máy", EN: "Clock of the machine"},
		What: bantin.Words{
			VI: "Đồng hồ của máy bị chỉnh hoặc chạy sai: không gửi sớm và không xóa gì cho đến khi chắc chắn.",
			EN: "The clock of the machine was set or is wrong: nothing is mailed early and nothing is deleted until it is sure."},
		Hint: bantin.Words{VI: "Hãy xem timedatectl và bật dịch vụ giờ (chrony, systemd-timesyncd).", EN: "Look at timedatectl, and run a time service (chrony, systemd-timesyncd)."},
	}
	if off := shows.Sub(expected).Round(time.Hour); off.Abs() >= time.Hour {
		t.What.VI += " Lệch khoảng " + off.String() + "."
		t.What.EN += " It is off by about " + off.String() + "."
	}
	if denied != "" {
		t.What.VI += " Nơi khác báo giờ khác: " + denied + "."
		t.What.EN += " Another source shows another time: " + denied + "."
	}
	return t
}

// alarmServer tells people of a database server whose clock is another.
func (w *ClockWatch) alarmServer(ctx context.Context, off time.Duration) {
	if w.Alarms == nil {
		return
	}
	object := w.Alarms.Here("database server")
	if off.Abs() <= maxServerOff {
		w.Alarms.End(ctx, bantin.TroubleClock, object)
		return
	}
	w.Alarms.Begin(ctx, bantin.Trouble{
		Kind: bantin.TroubleClock, Object: object, Subject: bantin.Words{VI: "Đồng hồ của máy chủ cơ sở dữ liệu", EN: "Clock of the database server"},
		What: bantin.Words{VI: "Đồng hồ của máy chủ cơ sở dữ liệu lệch với máy này.", EN: "The clock of the database server differs from this machine's."},
		Hint: bantin.Words{VI: "Hãy bật dịch vụ giờ (chrony, systemd-timesyncd) ở cả hai máy.", EN: "Run a time service (chrony, systemd-timesyncd) on both machines."},
	})
}
