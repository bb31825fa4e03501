package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/place"
	"bantin/store"
	"bantin/web/office"
)

// contactListFlags are what `contacts list` chooses by.
type contactListFlags struct{ status, digest, place, since string }

func (a contactCommands) listCommand() *cobra.Command {
	var f contactListFlags
	c := &cobra.Command{
		Use:   "list",
		Short: a.text("Liệt kê người nhận: ai, từ bao giờ, vì sao", "List contacts: who, since when and why"),
		Example: asTyped(
			"bantin contacts list --status left --since 2026-11-01",
			"bantin contacts list --digest hang-tuan --place \"Phú Thọ\" --json"),
		RunE: a.does(func(ctx context.Context, w *deps, _ []string) error { return a.listContacts(ctx, w, f) }),
	}
	c.Flags().StringVar(&f.status, "status", "", a.text("chỉ người có `STATUS`: active (nhận ít nhất một bản tin), pending (chưa xác nhận), paused, left (đã ngừng hết) hoặc suppressed",
		"only contacts of this `STATUS`: active (gets at least one digest), pending (not confirmed yet), paused, left (left all) or suppressed"))
	c.Flags().StringVar(&f.digest, "digest", "", a.text("xét riêng bản tin tổng hợp `ID`; không có --status thì là những ai nhận", "look at the digest `ID` alone; without --status: who gets it"))
	c.Flags().StringVar(&f.place, "place", "", a.text("chỉ người của `PLACE`: mã hay bất cứ tên gọi nào", "only contacts of `PLACE`, a slug or any of its names"))
	c.Flags().StringVar(&f.since, "since", "", a.text("chỉ ai thành như vậy từ `DAY`, như 2026-11-23; không có --status thì là ai đến từ ngày đó", "only who became so since `DAY`, such as 2026-11-23; without --status: who came since then"))
	var statuses []string
	for _, s := range store.ContactStatuses() {
		statuses = append(statuses, string(s))
	}
	completeValues(c, "status", statuses...)
	return c
}

// contactFilter reads the flags.
func (w *deps) contactFilter(flags contactListFlags) (store.ContactFilter, error) {
	f := store.ContactFilter{Status: store.ContactStatus(flags.status), Today: bantin.DayOf(w.now().In(w.site.Location)), Digests: w.audiences()}
	if f.Status != "" && !f.Status.IsKnown() {
		return f, wrongUsage("--status %q: chỉ có active, pending, paused, left, suppressed", "--status %q: want active, pending, paused, left or suppressed", flags.status)
	}
	if flags.digest != "" {
		d, err := w.digest(flags.digest)
		if err != nil {
			return f, err
		}
		f.Digest = d.ID
	}
	if flags.place != "" {
		slug, ok := place.Lookup(flags.place)
		if !ok {
			return f, wrongUsage("--place %q: không có tỉnh, thành phố này", "--place %q: there is no such place", flags.place)
		}
		f.Place = slug
	}
	if flags.since == "" {
		return f, nil
	}
	since, err := parseTime(flags.since, w.site.Location)
	f.Since = since
	return f, err
}

// audiences are who gets each digest now without having asked.
func (w *deps) audiences() (list []store.DigestAudience) {
	for _, d := range w.digests {
		list = append(list, store.DigestAudience{ID: d.ID, Audience: w.editor.Audience(&d.Digest, w.now())})
	}
	return list
}

// listBatch is how many contacts are read at once, so that a million take no memory.
const listBatch = 1000

func (a contactCommands) listContacts(ctx context.Context, w *deps, flags contactListFlags) error {
	f, err := w.contactFilter(flags)
	if err != nil {
		return err
	}
	found := false
	for {
		list, next, err := w.db.Contacts().List(ctx, f, listBatch)
		if err != nil {
			return err
		}
		for i := range list {
			found = true
			if err := a.tellListed(w, &list[i]); err != nil {
				return err
			}
		}
		if f.After = next; next == "" {
			break
		}
	}
	if !found && !a.json {
		a.note("Không có ai.", "Nobody.")
	}
	return nil
}

func (a contactCommands) tellListed(w *deps, c *store.ListedContact) error {
	if a.json {
		return a.printJSON(office.NewContactJSON(w.tokens, c))
	}
	_, err := fmt.Fprintf(a.out, "%s\t%s\t%s\t%s\t%s\n", c.Email, c.Name, place.Name(c.Place, a.language), c.Level.Words().In(a.language), a.statusSince(w, c))
	return err
}

// statusSince says how a contact stands, why, and since when.
func (a contactCommands) statusSince(w *deps, c *store.ListedContact) string {
	words := c.Status.Words().In(a.language)
	switch c.Status {
	case store.ContactSuppressed:
		words += ": " + suppressionWords(c.Why).In(a.language)
	case store.ContactPaused:
		words += a.language.Say(" đến ", " until ") + c.Why
	case store.ContactPending:
		var digests []string
		for _, s := range c.Subscriptions {
			if s.Status == bantin.SubscriptionPending {
				digests = append(digests, s.Digest)
			}
		}
		words += ": " + strings.Join(digests, ", ")
	}
	if c.Since.IsZero() {
		return words
	}
	return words + a.language.Say(", từ ", ", since ") + a.formatTime(c.Since, w.site.Location)
}
