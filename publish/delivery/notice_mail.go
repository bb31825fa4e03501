package delivery

import (
	"context"
	"fmt"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// mail writes the mail of a notice. No word in it was typed by a visitor: nobody who
// enters another person's address can use us to write to that person.
func (s *NoticeSender) mail(ctx context.Context, n *store.Notice) (*mailer.NoticeMail, error) {
	l := n.Language
	if !l.Known() {
		l = s.Site.Language
	}
	m := &mailer.NoticeMail{Language: l, Site: s.Site}
	switch n.Kind {
	case store.NoticeConfirm:
		return m, s.confirm(m, n)
	case store.NoticeWelcome:
		return m, s.welcome(ctx, m, n)
	case store.NoticeLink:
		return m, s.freshLink(m, n)
	case store.NoticeAddressChange:
		return m, s.move(m, n)
	case store.NoticeAddressChanged:
		s.moved(m)
		return m, nil
	case store.NoticeGoodbye:
		return m, s.goodbye(m, n)
	case store.NoticeHowToLeave:
		return m, s.howToLeave(m, n)
	case store.NoticeReport:
		return m, s.report(m, n)
	case store.NoticeTrouble:
		return m, s.trouble(m, n)
	case store.NoticeSignIn:
		return m, s.signIn(m, n)
	}
	return nil, fmt.Errorf("notice of unknown kind %q", n.Kind)
}

// until says when a link ends, in the site's zone.
func (s *NoticeSender) until(l bantin.Language, t time.Time) string {
	return mailer.FormatTime(l, t.In(s.Site.Location))
}

func (s *NoticeSender) confirm(m *mailer.NoticeMail, n *store.Notice) error {
	m.Subject = m.Say("Còn một bước: xác nhận nhận bản tin", "One step left: confirm your subscription")
	m.Heading = m.Say("Còn một bước nữa", "One step left")
	m.Before = []string{
		m.Say("Có người, chắc là bạn, vừa xin nhận thư của "+s.Site.Title+" ở địa chỉ này:",
			"Somebody, probably you, asked for mail of "+s.Site.Title+" at this address:"),
	}
	m.Items = n.About.Titles
	m.Button = m.Say("Xác nhận địa chỉ này", "Confirm this address")
	m.After = []string{
		m.Say("Nút này mở một trang có đúng một nút để bấm. Chưa bấm thì chưa có bản tin nào được gửi.",
			"It opens a page with a single button to press. Nothing is sent before you press it."),
		m.Say("Liên kết dùng được đến "+s.until(m.Language, n.About.Expires)+".", "The link works until "+s.until(m.Language, n.About.Expires)+"."),
		m.Say("Nếu bạn không xin nhận, hãy bỏ qua thư này: sẽ không có gì xảy ra.", "If you did not ask for this, ignore this mail: nothing will happen."),
	}
	return s.link(m, "/confirm/", mailer.PurposeConfirm, n.Nonce, n.About.Expires)
}

func (s *NoticeSender) freshLink(m *mailer.NoticeMail, n *store.Notice) error {
	m.Subject = m.Say("Liên kết đến dữ liệu của bạn", "Your link to your data")
	m.Heading = m.Subject
	m.Before = []string{m.Say("Trang này cho bạn xem, tải về, sửa và xóa mọi điều chúng tôi giữ về bạn.",
		"On this page you can see, download, change and erase all that we keep of you.")}
	m.Button = m.Say("Mở trang dữ liệu của tôi", "Open my data")
	m.After = []string{
		m.Say("Liên kết chỉ dùng được trong một giờ, đến "+s.until(m.Language, n.About.Expires)+". Đừng chuyển tiếp thư này.",
			"The link works for one hour, until "+s.until(m.Language, n.About.Expires)+". Do not forward this mail."),
		m.Say("Nếu bạn không xin liên kết này, hãy bỏ qua thư.", "If you did not ask for this link, ignore this mail."),
	}
	return s.link(m, "/preferences/", mailer.PurposeAccount, n.About.ContactKey, n.About.Expires)
}

func (s *NoticeSender) move(m *mailer.NoticeMail, n *store.Notice) error {
	m.Subject = m.Say("Còn một bước: xác nhận địa chỉ mới", "One step left: confirm your new address")
	m.Heading = m.Say("Địa chỉ này có phải của bạn không?", "Is this address yours?")
	m.Before = []string{m.Say("Có người đang nhận thư của "+s.Site.Title+" xin chuyển sang địa chỉ này.",
		"Somebody who gets mail of "+s.Site.Title+" asked to have it sent to this address.")}
	m.Button = m.Say("Dùng địa chỉ này", "Use this address")
	m.After = []string{
		m.Say("Liên kết dùng được đến "+s.until(m.Language, n.About.Expires)+".", "The link works until "+s.until(m.Language, n.About.Expires)+"."),
		m.Say("Nếu bạn không xin đổi, hãy bỏ qua thư này: sẽ không có gì xảy ra.", "If you did not ask for this, ignore this mail: nothing will happen."),
	}
	return s.link(m, "/confirm/", mailer.PurposeChangeAddress, n.Nonce, n.About.Expires)
}

func (s *NoticeSender) moved(m *mailer.NoticeMail) {
	m.Subject = m.Say("Địa chỉ nhận thư đã đổi", "Your address has changed")
	m.Heading = m.Subject
	m.Before = []string{m.Say("Từ nay thư của "+s.Site.Title+" không gửi đến địa chỉ này nữa, mà đến địa chỉ mới bạn đã xác nhận.",
		"From now on mail of "+s.Site.Title+" does not come to this address any more, but to the new one that you confirmed.")}
	m.After = []string{m.Say("Nếu không phải bạn đã đổi, hãy viết ngay cho văn phòng Hội.", "If you did not change it, write to the office at once.")}
}

func (s *NoticeSender) goodbye(m *mailer.NoticeMail, n *store.Notice) error {
	m.Subject = m.Say("Bạn đã ngừng nhận bản tin", "You have unsubscribed")
	m.Heading = m.Subject
	m.Before = []string{m.Say("Chúng tôi không gửi cho bạn nữa:", "We no longer send you:")}
	if m.Items = n.About.Titles; len(m.Items) == 0 {
		m.Items = []string{m.Say("mọi bản tin", "all digests")}
	}
	m.Button = m.Say("Nhận lại, hoặc sửa tùy chọn", "Subscribe again, or change your preferences")
	m.After = []string{
		m.Say("Nút này dùng được đến "+s.until(m.Language, n.About.Expires)+", và chỉ của riêng bạn: đừng chuyển tiếp thư này.",
			"The button works until "+s.until(m.Language, n.About.Expires)+" and is yours alone: do not forward this mail."),
		m.Say("Đây là thư cuối về việc này. Cảm ơn bạn đã đọc.", "This is the last mail about this. Thank you for reading."),
	}
	return s.link(m, "/preferences/", mailer.PurposeReturn(n.About.Digest), n.About.ContactKey, n.About.Expires)
}

func (s *NoticeSender) howToLeave(m *mailer.NoticeMail, n *store.Notice) error {
	m.Subject = m.Say("Ngừng nhận bản tin: còn một lần bấm", "To unsubscribe, one click is left")
	m.Heading = m.Say("Bạn muốn ngừng nhận?", "Do you want to unsubscribe?")
	m.Before = []string{m.Say("Có thư trả lời từ địa chỉ này xin ngừng nhận thư của "+s.Site.Title+":",
		"An answer from this address asks for no more mail of "+s.Site.Title+":")}
	if m.Items = n.About.Titles; len(m.Items) == 0 {
		m.Items = []string{n.About.Digest}
	}
	m.Button = m.Say("Ngừng nhận", "Unsubscribe")
	m.After = []string{
		m.Say("Nút này mở một trang có đúng một nút để bấm. Chưa bấm thì bạn vẫn nhận như trước.",
			"It opens a page with a single button to press. Until you press it, nothing changes."),
		m.Say("Thư này chỉ gửi một lần. Nếu không phải bạn xin, hãy bỏ qua; muốn nhắn gì khác, hãy viết cho văn phòng Hội.",
			"This mail is sent once. If you did not ask for it, ignore it; for anything else, write to the office."),
	}
	token, err := s.Tokens.UnsubscribeToken(n.About.ContactKey, n.About.Digest)
	m.URL = s.Site.LinkIn(m.Language, "/unsubscribe/"+token)
	return err
}

func (s *NoticeSender) link(m *mailer.NoticeMail, path string, p mailer.LinkPurpose, about string, expires time.Time) error {
	token, err := s.Tokens.LinkToken(p, about, expires)
	m.URL = s.Site.LinkIn(m.Language, path+token)
	return err
}

func (s *NoticeSender) signIn(m *mailer.NoticeMail, n *store.Notice) error {
	m.Subject = m.Say("Đăng nhập vào văn phòng của "+s.Site.Title, "Sign in to the office of "+s.Site.Title)
	m.Heading = m.Say("Đăng nhập", "Sign in")
	m.Before = []string{m.Say("Bấm nút dưới đây, rồi bấm nút trên trang mở ra.", "Press the button below, and then the one on the page that opens.")}
	m.Button = m.Say("Đăng nhập", "Sign in")
	m.After = []string{
		m.Say("Liên kết dùng được một lần, đến "+s.until(m.Language, n.About.Expires)+". Đừng chuyển tiếp thư này.",
			"The link works once, until "+s.until(m.Language, n.About.Expires)+". Do not forward this mail."),
		m.Say("Nếu bạn không xin liên kết này, hãy bỏ qua thư.", "If you did not ask for this link, ignore this mail."),
	}
	return s.link(m, "/office/sign-in/", mailer.PurposeSignIn, n.About.Link, n.About.Expires)
}

// TestMail is the mail that shows whether mail arrives.
func TestMail(l bantin.Language, site *bantin.Site, to string) *mailer.NoticeMail {
	m := &mailer.NoticeMail{Language: l, Site: site}
	m.Subject = m.Say("Thư thử của bantin", "A test message of bantin")
	m.Heading = m.Subject
	m.Before = []string{m.Say("Thư này cho biết đường gửi thư của "+site.Title+" dùng được.", "This message shows that mail of "+site.Title+" can be sent.")}
	m.After = []string{fmt.Sprintf(m.Say("Gửi bằng lệnh bantin doctor --mail %s.", "It was sent by bantin doctor --mail %s."), to)}
	return m
}
