package main

import (
	"context"
	"fmt"
	"strings"

	"bantin"
	"bantin/place"
	"bantin/web/office"
)

func (a contactCommands) showContact(ctx context.Context, w *deps, address string) error {
	c, err := w.db.Contacts().Get(ctx, asStored(address))
	if err != nil {
		return contactNotFound(err, address)
	}
	record, err := w.db.Contacts().Audit(ctx, c.Email)
	if err != nil {
		return err
	}
	refused, err := w.db.Returns().Undecided(ctx, c.Key)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			bantin.Contact
			Key     string              `json:"key"`
			Refused []undecidedJSON     `json:"refused,omitempty"`
			Record  []bantin.AuditEntry `json:"record,omitempty"`
		}{c, office.ContactKey(w.tokens, c.ID), undecidedRows(refused), record})
	}
	a.printContact(w, &c)
	a.printUndecided(w, refused)
	a.printRecord(w, record)
	return nil
}

func (a contactCommands) printContact(w *deps, c *bantin.Contact) {
	fmt.Fprintln(a.out, strings.TrimSpace(c.Name+" <"+c.Email+">"))
	row := func(vi, en, value string) {
		if value != "" {
			a.say("  "+vi+": %s", "  "+en+": %s", value)
		}
	}
	row("nơi", "place", place.Name(c.Place, a.language))
	row("cấp", "level", levelWords(c.Level).In(a.language))
	row("ngôn ngữ", "language", languageWords(c.Language).In(a.language))
	row("nhãn", "tags", strings.Join(c.Tags, ", "))
	row("chỉ đọc tin của", "reads only", placeNames(c.Reads, a.language))
	row("tạm ngừng đến", "paused until", c.PausedUntil.String())
	row("biết từ", "origin", originWords(c.Origin).In(a.language))
	for _, s := range c.Subscriptions {
		row("bản tin tổng hợp "+s.Digest, "digest "+s.Digest, subscriptionWords(s.Status).In(a.language)+", "+a.formatTime(s.Since, w.site.Location))
	}
	row("không gửi thư", "suppressed", suppressionWords(c.Suppressed).In(a.language))
}

func placeNames(slugs []string, l bantin.Language) string {
	var names []string
	for _, slug := range slugs {
		names = append(names, place.Name(slug, l))
	}
	return strings.Join(names, ", ")
}

func levelWords(l bantin.Level) bantin.Words { return l.Words() }

func languageWords(l bantin.Language) bantin.Words {
	return map[bantin.Language]bantin.Words{
		bantin.Vietnamese: {VI: "tiếng Việt", EN: "Vietnamese"},
		bantin.English:    {VI: "tiếng Anh", EN: "English"},
	}[l]
}

func originWords(o bantin.Origin) bantin.Words {
	return map[bantin.Origin]bantin.Words{
		bantin.OriginImport: {VI: "danh sách của văn phòng", EN: "contact list of the office"},
		bantin.OriginOffice: {VI: "văn phòng ghi tay", EN: "added by the office"},
		bantin.OriginSignUp: {VI: "tự đăng ký", EN: "signed up"},
		bantin.OriginEnded:  {VI: "không còn trong danh sách của văn phòng", EN: "no longer on the list of the office"},
	}[o]
}

func subscriptionWords(s bantin.SubscriptionStatus) bantin.Words {
	return map[bantin.SubscriptionStatus]bantin.Words{
		bantin.SubscriptionPending:      {VI: "chờ xác nhận", EN: "waits for confirmation"},
		bantin.SubscriptionActive:       {VI: "đã đăng ký", EN: "subscribed"},
		bantin.SubscriptionUnsubscribed: {VI: "đã ngừng nhận", EN: "unsubscribed"},
	}[s]
}
