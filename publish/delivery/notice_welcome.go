package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bantin"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
)

// errUnwanted says that a mail is not wanted any more.
var errUnwanted = errors.New("they left since")

// welcomeTitles is how many titles of an edition a welcome has.
const welcomeTitles = 5

// welcome makes the mail to who confirmed a sign-up: the last public edition of each
// digest that began, and when the next one comes. It is errUnwanted where they left all
// of these meanwhile.
func (s *NoticeSender) welcome(ctx context.Context, m *mailer.NoticeMail, n *store.Notice) error {
	wanted, err := s.stillWanted(ctx, n)
	if err != nil {
		return err
	}
	m.Heading = m.Say("Bạn đã đăng ký", "You are subscribed")
	m.Subject = m.Heading + ": " + wanted[0].Title
	m.Before = []string{m.Say("Cảm ơn bạn. Từ nay "+s.Site.Title+" gửi bản tin đến địa chỉ này.", "Thank you. From now on "+s.Site.Title+" mails its bulletins to this address.")}
	for i := range wanted {
		list, err := s.lastEdition(ctx, m, &wanted[i])
		if err != nil {
			return err
		}
		name := s.nextIssue(m, &wanted[i])
		if list.URL != "" && m.Button == "" { // the first stands above the others, with the mail's button
			m.Before, m.Items = append(m.Before, name, list.Before), list.Items
			m.Button, m.URL = list.Link, list.URL
			continue
		}
		list.Before = name + " " + list.Before
		m.Lists = append(m.Lists, list)
	}
	token, err := s.Tokens.UnsubscribeToken(n.About.ContactKey, wanted[0].ID)
	m.After = []string{m.Say("Hai liên kết dưới đây là của riêng bạn: đừng chuyển tiếp thư này.", "The two links below are yours alone: do not forward this mail.")}
	m.Links = []mailer.NoticeLink{
		{Label: m.Say("Đổi tỉnh, loại tin, tạm ngừng", "Change places and digests, pause"), URL: s.Site.LinkIn(m.Language, "/preferences/"+token)},
		{Label: m.Say("Ngừng nhận", "Unsubscribe"), URL: s.Site.LinkIn(m.Language, "/unsubscribe/"+token)},
	}
	return err
}

// stillWanted gives the digests of a welcome that the contact has not left since;
// errUnwanted where that is none, or where they have another address by now: the mail's links
// are to their page.
func (s *NoticeSender) stillWanted(ctx context.Context, n *store.Notice) ([]store.WelcomeDigest, error) {
	c, err := s.DB.Contacts().ByKey(ctx, n.About.ContactKey)
	if errors.Is(err, bantin.ErrNotFound) {
		return nil, errUnwanted
	}
	if err != nil {
		return nil, err
	}
	if bantin.AddressKey(c.Email) != bantin.AddressKey(n.Address) {
		return nil, errUnwanted
	}
	wanted := slices.DeleteFunc(slices.Clone(n.About.Welcome), func(d store.WelcomeDigest) bool {
		return !slices.ContainsFunc(c.Subscriptions, func(s bantin.ContactSubscription) bool {
			return s.Digest == d.ID && s.Status == bantin.SubscriptionActive
		})
	})
	if len(wanted) == 0 {
		return nil, errUnwanted
	}
	return wanted, nil
}

// nextIssue names a digest, and the day of the next issue where that is known.
func (s *NoticeSender) nextIssue(m *mailer.NoticeMail, d *store.WelcomeDigest) string {
	if !d.Next.After(s.Now()) {
		return d.Title + "."
	}
	return d.Title + ". " + m.Say("Thư tới: ", "Next mail: ") + mailer.FormatDate(m.Language, d.Next.In(s.Site.Location)) + "."
}

// lastEdition tells of the last public edition of a digest. Its link is "" where there is
// none yet.
func (s *NoticeSender) lastEdition(ctx context.Context, m *mailer.NoticeMail, d *store.WelcomeDigest) (mailer.NoticeList, error) {
	last, err := s.DB.Editions().Past(ctx, d.ID, 0, 1)
	if err != nil {
		return mailer.NoticeList{}, err
	}
	if len(last) == 0 {
		return mailer.NoticeList{Before: m.Say("Chưa có số nào: bạn sẽ nhận từ số đầu tiên.", "There is no issue yet: you will get the first one.")}, nil
	}
	e := &last[0]
	bulletins, err := s.DB.Editions().Bulletins(ctx, e.Row)
	if err != nil {
		return mailer.NoticeList{}, err
	}
	if len(bulletins) == 0 { // all were withdrawn
		return mailer.NoticeList{Before: m.Say("Bạn sẽ nhận từ số tới.", "You will get the next issue.")}, nil
	}
	bantin.SortByPublication(bulletins)
	out := mailer.NoticeList{URL: s.Site.LinkIn(m.Language, "/editions/"+e.ID)}
	out.Link = fmt.Sprintf(m.Say("Đọc số %d", "Read issue %d"), e.Number)
	count := mailer.FormatCount(m.Language, int64(len(bulletins)))
	out.Before = fmt.Sprintf(m.Say("Số mới nhất là số %d, %s, có %s tin:", "The last issue is No. %d of %s, with %s:"),
		e.Number, mailer.FormatDate(m.Language, e.Due.In(s.Site.Location)), m.Say(count, bulletinCount(len(bulletins), count)))
	for i := range bulletins[:min(len(bulletins), welcomeTitles)] {
		b := &bulletins[i]
		out.Items = append(out.Items, bantin.Shorten(place.SentenceCase(b.Title, b.Lead+"\n"+b.Text, s.Site.Title, b.Author), maxWelcomeTitle))
	}
	if more := len(bulletins) - len(out.Items); more > 0 {
		out.Items = append(out.Items, fmt.Sprintf(m.Say("và %d tin khác", "and %d more"), more))
	}
	return out, nil
}

// maxWelcomeTitle is how many characters of a title a welcome has.
const maxWelcomeTitle = 200

// bulletinCount counts in English.
func bulletinCount(n int, written string) string {
	if n == 1 {
		return "one bulletin"
	}
	return written + " bulletins"
}
