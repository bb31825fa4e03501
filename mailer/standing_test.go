package mailer

import (
	"strings"
	"testing"
	"time"

	"bantin"
)

// What holds an edition is said in words: what was answered, to how many, by whom.
func TestHoldWords(t *testing.T) {
	d := bantin.HoldDetail{Refused: 21, Outcomes: 24, Reply: "550 5.1.1 <lan@gmail.example>: không có hộp thư này", By: "smtp://mx.example.org:587"}
	for _, test := range []struct {
		hold   bantin.Hold
		vi, en string
	}{
		{bantin.Hold{Reason: bantin.HeldUnknownWave, Detail: d},
			"smtp://mx.example.org:587 trả lời rằng địa chỉ hoặc tên miền không tồn tại cho 21 trong 24 thư, chẳng hạn “550 5.1.1 …: không có hộp thư này”.",
			"smtp://mx.example.org:587 answered that the address or its domain does not exist for 21 of 24 messages, for example “550 5.1.1 …: không có hộp thư này”."},
		{bantin.Hold{Reason: bantin.HeldUnknownWave, Domain: "gmail.example", Detail: d}, "21 trong 24 thư tới gmail.example, ", "21 of 24 messages to gmail.example, "},
		{bantin.Hold{Reason: bantin.HeldRefused, Detail: bantin.HoldDetail{Refused: 5, Outcomes: 5}}, "Máy chủ thư từ chối hẳn 5 trong 5 thư. ", "The mail server refused 5 of 5 messages for good. "},
		{bantin.Hold{Reason: bantin.HeldFirstWave, Detail: d}, "Trong đợt gửi đầu, 21/24 thư hỏng", "In the first wave, 21 of 24 messages failed"},
		{bantin.Hold{Reason: bantin.HeldByPerson}, "Mọi việc gửi thư đang được giữ lại.", "All mailing is held."},
	} {
		words := HoldWords(&test.hold)
		if !strings.Contains(words.VI, test.vi) || !strings.Contains(words.EN, test.en) {
			t.Errorf("%s: %q, %q", test.hold.Reason, words.VI, words.EN)
		}
		if strings.Contains(words.VI+words.EN, "lan@") {
			t.Errorf("an address is told: %q", words.VI)
		}
	}
}

func TestWaitWords(t *testing.T) {
	zone := time.FixedZone("ICT", 7*3600)
	until := time.Date(2026, 11, 24, 0, 5, 0, 0, time.UTC)
	for _, test := range []struct {
		wait   bantin.Wait
		vi, en string
	}{
		{bantin.Wait{Reason: bantin.WaitQuota, Said: "550 5.4.5 Daily user sending limit exceeded", Until: until, Allowed: 500, Every: 24 * time.Hour},
			"Tài khoản gửi thư đã hết hạn mức: 550 5.4.5 Daily user sending limit exceeded; tới nay khoảng 500 thư mỗi ngày; thử lại lúc ", "so far about 500 messages a day; next try at 07:05"},
		{bantin.Wait{Reason: bantin.WaitRelay, Said: "connection refused", Until: until}, "Máy chủ gửi thư chưa dùng được: connection refused; thử lại lúc ", "The mail server cannot be used: connection refused; next try at 07:05"},
		{bantin.Wait{Reason: bantin.WaitRetry, Until: until}, "bị từ chối tạm thời; thử lại lúc ", "were refused for now; next try at 07:05"},
	} {
		words := WaitWords(&test.wait, zone)
		if !strings.Contains(words.VI, test.vi) || !strings.Contains(words.EN, test.en) {
			t.Errorf("%s: %q, %q", test.wait.Reason, words.VI, words.EN)
		}
	}
}
