package alarm

import (
	"context"

	"bantin"
)

// manySignUps finds that more ask for confirmations than a busy day brings: their mail
// waits, since the form may be used to flood strangers.
func (a *Alarms) manySignUps(ctx context.Context, _ []bantin.Trouble) ([]bantin.Trouble, error) {
	waiting, since, err := a.DB.Notices().Delayed(ctx)
	if err != nil || waiting == 0 {
		return nil, err
	}
	return []bantin.Trouble{{
		Kind: bantin.TroubleTask, Object: "sign-ups", Since: since,
		Subject: bantin.Words{VI: "Rất nhiều người đăng ký cùng lúc", EN: "Very many sign-ups at once"},
		What: bantin.Say("%d thư xác nhận đăng ký hoặc đổi địa chỉ phải chờ, vì nhiều hơn hẳn một ngày bận rộn. Có thể có người dùng biểu mẫu để làm phiền người khác.",
			"%d mails that confirm a sign-up or a new address wait, since there are far more than on a busy day. Somebody may use the form to annoy others.", waiting),
		Hint: bantin.Words{
			VI: "Nếu Hội đang mời nhiều người đăng ký thì cứ để vậy: thư tự đi tiếp trong một giờ. Nếu không, hãy chặn các mạng đang gửi ở máy chủ web đứng trước.",
			EN: "If you just invited many people, let it be: the mail goes out within the hour. If not, block the networks that ask at the web server in front."},
	}}, nil
}
