package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/place"
	"bantin/publish/edition"
	"bantin/store"
)

func (a digestCommands) audienceCommand() *cobra.Command {
	var contact string
	c := &cobra.Command{
		Use:   "audience ID",
		Short: a.text("Đếm và liệt kê ai sẽ nhận một bản tin tổng hợp; với một người: vì sao có, vì sao không", "List the contacts who would get a digest now, or say why one would or would not"),
		Example: asTyped(
			"bantin digest audience hang-tuan",
			"bantin digest audience hang-tuan --contact lan@example.org"),
		ValidArgsFunction: a.completes(1, digestIDs),
		RunE: a.doesWithDigest(func(ctx context.Context, w *deps, d *edition.DigestPlan) error {
			return a.audience(ctx, w, d, contact)
		}),
	}
	c.Flags().StringVar(&contact, "contact", "", a.text("chỉ người có địa chỉ `ADDRESS`, và lý do", "only the contact with this `ADDRESS`, with the reason"))
	return c
}

func (a digestCommands) audience(ctx context.Context, w *deps, d *edition.DigestPlan, address string) error {
	audience := w.editor.Audience(&d.Digest, time.Now())
	if address != "" {
		return a.whetherGets(ctx, w, d, audience, address)
	}
	return a.listAudience(ctx, w, d, audience)
}

func (a digestCommands) listAudience(ctx context.Context, w *deps, d *edition.DigestPlan, audience store.Audience) error {
	n, err := w.db.Digests().CountAudience(ctx, d.ID, audience, nil)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(struct {
			Digest string `json:"digest"`
			Count  int    `json:"count"`
		}{d.ID, n})
	} else {
		a.say("Bản tin tổng hợp %s: %d người sẽ nhận", "Digest %s: %d people will get it", d.ID, n)
	}
	if err != nil {
		return err
	}
	for c, err := range w.db.Digests().Audience(ctx, d.ID, audience) {
		if err != nil {
			return err
		}
		if err := a.tellRecipient(&c, d.ID, audience.ReasonFor(&c, d.ID)); err != nil {
			return err
		}
	}
	return nil
}

// recipientJSON is a contact who gets a digest or does not.
type recipientJSON struct {
	Contact string               `json:"contact"`
	Name    string               `json:"name,omitempty"`
	Place   string               `json:"place,omitempty"`
	Level   bantin.Level         `json:"level,omitempty"`
	Digest  string               `json:"digest"`
	Gets    bool                 `json:"gets"`
	Why     store.AudienceReason `json:"why"`
	Asked   *bantin.Audience     `json:"audience,omitempty"` // what the digest asks for
}

func (a digestCommands) tellRecipient(c *bantin.Contact, digest string, why store.AudienceReason) error {
	if a.json {
		return a.printJSON(recipientJSON{c.Email, c.Name, c.Place, c.Level, digest, why.Included(), why, nil})
	}
	_, err := fmt.Fprintf(a.out, "%s\t%s\t%s\t%s\n", c.Email, c.Name, place.Name(c.Place, a.language), whyWords(why).In(a.language))
	return err
}

func (a digestCommands) whetherGets(ctx context.Context, w *deps, d *edition.DigestPlan, audience store.Audience, address string) error {
	c, err := w.db.Contacts().Get(ctx, contact.AsStored(address))
	if err != nil {
		return contactNotFound(err, address)
	}
	why := audience.ReasonFor(&c, d.ID)
	if a.json {
		return a.printJSON(recipientJSON{c.Email, c.Name, c.Place, c.Level, d.ID, why.Included(), why, &d.Audience})
	}
	if why.Included() {
		a.say("%s sẽ nhận %s: %s.", "%s will get %s: %s.", c.Email, d.ID, whyWords(why).In(a.language))
		return nil
	}
	a.say("%s không nhận %s: %s.", "%s does not get %s: %s.", c.Email, d.ID, whyWords(why).In(a.language))
	if detail := a.wantedAndHad(d, &c, why); detail != "" {
		a.say("  %s", "  %s", detail)
	}
	return nil
}

// wantedAndHad sets what the digest asks for beside what the contact has.
func (a digestCommands) wantedAndHad(d *edition.DigestPlan, c *bantin.Contact, why store.AudienceReason) string {
	var wanted []string
	had := a.language.Say("không ghi", "nothing")
	set := func(value string) {
		if value != "" {
			had = value
		}
	}
	switch why {
	case store.ExcludedByLevel:
		for _, l := range d.Audience.Levels {
			wanted = append(wanted, l.Words().In(a.language))
		}
		set(c.Level.Words().In(a.language))
	case store.ExcludedByPlace:
		for _, slug := range d.Audience.Places {
			wanted = append(wanted, place.Name(slug, a.language))
		}
		for _, id := range d.Audience.Clusters {
			wanted = append(wanted, a.language.Say("cụm ", "cluster ")+id)
		}
		set(place.Name(c.Place, a.language))
	case store.ExcludedByLanguage:
		for _, l := range d.Audience.Languages {
			wanted = append(wanted, l.Words().In(a.language))
		}
		set(c.Language.Words().In(a.language))
	case store.ExcludedByTags:
		wanted = d.Audience.Tags
		set(strings.Join(c.Tags, ", "))
	case store.ExcludedSuppressed:
		return c.Suppressed
	case store.ExcludedPaused:
		return c.PausedUntil.String()
	default:
		return ""
	}
	return fmt.Sprintf(a.language.Say("bản tin này dành cho: %s; người này: %s", "the audience is: %s; this contact has: %s"), strings.Join(wanted, ", "), had)
}

func whyWords(r store.AudienceReason) bantin.Words {
	return map[store.AudienceReason]bantin.Words{
		store.IncludedByChoice:     {VI: "đã đăng ký bản tin này", EN: "they subscribed to it"},
		store.IncludedByAudience:   {VI: "có trong danh sách của văn phòng và thuộc đối tượng", EN: "they are on the office's list and in the audience"},
		store.ExcludedUnsubscribed: {VI: "đã ngừng nhận bản tin này", EN: "they unsubscribed from it"},
		store.ExcludedSuppressed:   {VI: "không được gửi thư đến địa chỉ này", EN: "the address is suppressed"},
		store.ExcludedPaused:       {VI: "đang tạm ngừng nhận", EN: "they paused their mail"},
		store.ExcludedNotChosen:    {VI: "tự đăng ký và không chọn bản tin này", EN: "they signed up themselves and did not choose it"},
		store.ExcludedByLevel:      {VI: "khác cấp", EN: "their level is not in the audience"},
		store.ExcludedByPlace:      {VI: "khác nơi và khác cụm", EN: "their place and its clusters are not in the audience"},
		store.ExcludedByLanguage:   {VI: "khác ngôn ngữ", EN: "their language is not in the audience"},
		store.ExcludedByTags:       {VI: "không có nhãn nào trong số được chọn", EN: "they have none of its tags"},
	}[r]
}
