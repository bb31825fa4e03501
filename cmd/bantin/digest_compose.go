package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/publish/edition"
	"bantin/store"
)

// composeFlags are the flags of `bantin digest compose`.
type composeFlags struct {
	greeting, greetingEN string // files
	subject, at          string
	file                 string // to link to
	pin, drop, restore   []string
	always, clear        bool

	given func(flag string) bool
}

func (a digestCommands) composeCommand() *cobra.Command {
	var f composeFlags
	c := &cobra.Command{
		Use:   "compose ID",
		Short: a.text("Soạn kỳ tới: lời ngỏ, tiêu đề thư, tin đứng đầu, tin bỏ ra; hoặc hẹn một kỳ đặc biệt", "Compose the next edition: greeting, subject, bulletins first or left out; or plan a special one"),
		Example: asTyped(
			"bantin digest compose hang-tuan",
			"bantin digest compose hang-tuan --greeting loi-ngo.md --greeting-en greeting.md",
			"bantin digest compose hang-tuan --file ke-hoach-2027.pdf",
			"bantin digest compose hang-tuan --pin van-phong-thuyen-sach --drop website-118",
			"bantin digest compose hang-tuan --at 2026-11-20T08:00 --pin van-phong-thuyen-sach --subject \"Chúc mừng Ngày Nhà giáo\""),
		PreRunE:           func(cmd *cobra.Command, _ []string) error { f.given = cmd.Flags().Changed; return f.check() },
		ValidArgsFunction: a.completes(1, digestIDs),
		RunE:              a.doesWithDigest(func(ctx context.Context, w *deps, d *edition.DigestPlan) error { return a.composeDigest(ctx, w, d, &f) }),
	}
	flags := c.Flags()
	flags.StringVar(&f.greeting, "greeting", "", a.text("lời ngỏ, tệp Markdown `FILE`; - là từ đầu vào", "the greeting, a Markdown `FILE`; - is standard input"))
	flags.StringVar(&f.greetingEN, "greeting-en", "", a.text("lời ngỏ bằng tiếng Anh (`FILE`)", "the greeting in English (`FILE`)"))
	flags.StringVar(&f.subject, "subject", "", a.text("tiêu đề thư, đúng như `TEXT`", "the subject of the mail, `TEXT` as it is"))
	flags.StringVar(&f.file, "file", "", a.text("tệp `FILE` có liên kết dưới lời ngỏ, mở được từ khi kỳ được gửi; \"\" bỏ tệp", "a `FILE` to link to below the greeting, which opens once the edition is sent; \"\" removes it"))
	flags.StringSliceVar(&f.pin, "pin", nil, a.text("tin (`ID`) đứng đầu, trước tin của tỉnh người đọc; dùng được nhiều lần", "a bulletin's `ID` that stands first, before the reader's own province; may be repeated"))
	flags.StringSliceVar(&f.drop, "drop", nil, a.text("tin (`ID`) bỏ ra khỏi kỳ tới; dùng được nhiều lần", "a bulletin's `ID` to leave out of the next edition; may be repeated"))
	flags.BoolVar(&f.always, "always", false, a.text("cùng --drop: bỏ ra khỏi mọi kỳ của bản tin này", "with --drop: leave out of every edition of this digest"))
	flags.StringSliceVar(&f.restore, "restore", nil, a.text("tin (`ID`) đã bỏ ra, nay cho lại", "a bulletin's `ID` that was left out and comes back"))
	flags.BoolVar(&f.clear, "clear", false, a.text("bỏ mọi điều đã soạn cho kỳ tới, rồi mới làm các cờ khác", "remove all that was composed for the next edition, before the other flags"))
	flags.StringVar(&f.at, "at", "", a.text("hẹn một kỳ đặc biệt lúc `TIME`, chỉ có các tin --pin: 2026-11-20T08:00 theo múi giờ của bản tin, hoặc RFC 3339", "plan a special edition at `TIME` with the bulletins of --pin only: 2026-11-20T08:00 in the digest's zone, or RFC 3339"))
	return c
}

// check refuses flags that do not go together.
func (f *composeFlags) check() error {
	switch {
	case f.at != "" && len(f.pin) == 0:
		return wrongUsage("--at: kỳ đặc biệt có những tin nào? Thêm --pin ID", "--at: which bulletins does the special edition have? Add --pin ID")
	case f.at != "" && (f.given("drop") || f.given("always") || f.given("clear") || f.given("restore")):
		return wrongUsage("--at chỉ đi cùng --pin, --greeting, --greeting-en, --file và --subject", "--at goes with --pin, --greeting, --greeting-en, --file and --subject only")
	case f.always && len(f.drop) == 0:
		return wrongUsage("--always đi cùng --drop ID", "--always goes with --drop ID")
	case f.greeting == "-" && f.greetingEN == "-":
		return wrongUsage("chỉ một tệp đọc được từ đầu vào", "only one file can be standard input")
	}
	return nil
}

// changes reports whether anything is to be changed.
func (f *composeFlags) changes() bool {
	return slices.ContainsFunc([]string{"greeting", "greeting-en", "subject", "file", "pin", "drop", "restore", "clear"}, f.given)
}

func (a digestCommands) composeDigest(ctx context.Context, w *deps, d *edition.DigestPlan, f *composeFlags) error {
	if f.at != "" {
		return a.planSpecial(ctx, w, d, f)
	}
	if !f.changes() {
		return a.showComposed(ctx, w, d)
	}
	words, err := f.words()
	if err != nil {
		return err
	}
	if words.File, err = a.linkedFile(ctx, w, f.file); err != nil {
		return err
	}
	const patience = 3 // somebody may change it at the same moment
	for try := 1; ; try++ {
		was, err := w.db.Compositions().Current(ctx, d.ID)
		if err != nil {
			return err
		}
		change := f.change(&was, words)
		change.Who = operator()
		err = w.recorded(ctx, bantin.ActionCompose, d.ID, was.Edition, func() error {
			_, err := w.db.Compositions().Put(ctx, d.ID, change)
			return err
		})
		if errors.Is(err, store.ErrChanged) && try < patience {
			continue
		}
		if err != nil {
			return composeRefused(err, f)
		}
		return a.showComposed(ctx, w, d)
	}
}

// words reads what is in files.
func (f *composeFlags) words() (c bantin.Composition, err error) {
	if c.Greeting, err = readGreeting(f.greeting); err != nil {
		return c, err
	}
	c.GreetingEN, err = readGreeting(f.greetingEN)
	c.Subject = oneLine(f.subject)
	return c, err
}

// change is what the flags make of what was composed.
func (f *composeFlags) change(was *store.Composed, words bantin.Composition) store.CompositionChange {
	c := store.CompositionChange{Composition: was.Composition, Version: was.Version, Edition: was.Edition, Restore: f.restore}
	if f.clear {
		c.Composition = bantin.Composition{}
	}
	if f.given("greeting") {
		c.Greeting = words.Greeting
	}
	if f.given("greeting-en") {
		c.GreetingEN = words.GreetingEN
	}
	if f.given("subject") {
		c.Subject = words.Subject
	}
	if f.given("file") {
		c.File = words.File
	}
	c.Pin = without(union(c.Pin, f.pin), f.drop)
	c.Drop = without(c.Drop, slices.Concat(f.pin, f.restore))
	if f.always {
		c.Always = f.drop
	}
	if !f.always || was.Edition != "" { // a draft has its bulletins already
		c.Drop = union(c.Drop, f.drop)
	}
	return c
}

func union(list, more []string) []string {
	for _, id := range more {
		if !slices.Contains(list, id) {
			list = append(slices.Clip(list), id)
		}
	}
	return list
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(gone, id) })
}

// readGreeting reads a Markdown file of UTF-8; "" is none.
func readGreeting(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	const most = 8 * bantin.MaxGreeting // bytes
	in := io.Reader(os.Stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", fmt.Errorf("read greeting: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return "", fmt.Errorf("read greeting: %w", err)
	}
	if len(text) > most {
		return "", fmt.Errorf("read greeting: %w", bantin.ErrGreetingTooLong)
	}
	if !utf8.Valid(text) { // it would be mailed to everybody
		return "", wrongUsage("lời ngỏ %s không phải văn bản UTF-8: hãy lưu lại tệp với mã UTF-8", "the greeting %s is not text in UTF-8: save the file as UTF-8", name)
	}
	return strings.TrimSpace(norm.NFC.String(strings.TrimPrefix(string(text), "\ufeff"))), nil
}

// planSpecial makes an edition at a time that a person sets.
func (a digestCommands) planSpecial(ctx context.Context, w *deps, d *edition.DigestPlan, f *composeFlags) error {
	at, err := parseTime(f.at, d.Location)
	if err != nil {
		return err
	}
	if !at.After(w.now()) {
		return wrongUsage("--at %s: lúc đó đã qua", "--at %s: that is in the past", f.at)
	}
	c, err := f.words()
	if err != nil {
		return err
	}
	if c.File, err = a.linkedFile(ctx, w, f.file); err != nil {
		return err
	}
	c.Pin = union(nil, f.pin)
	if err := w.db.Digests().Register(ctx, d.ID, d.Title, d.Aliases); err != nil {
		return err
	}
	var e bantin.Edition
	err = w.recorded(ctx, bantin.ActionSpecial, d.ID, at.Format(time.RFC3339), func() (err error) {
		e, err = w.editor.Special(ctx, d, at, c)
		return err
	})
	if errors.Is(err, store.ErrTimeTaken) {
		a.note("--at %s: phút đó bản tin này đã có kỳ khác; hãy chọn giờ khác.", "--at %s: this digest has an edition in that minute; choose another time.", f.at)
		return &toldError{err}
	}
	if err != nil {
		return composeRefused(err, f)
	}
	if a.json {
		at = e.Due.In(d.Location)
		return a.printJSON(bantin.ComposedEdition{Digest: d.ID, Edition: e.ID, Status: e.Status, Composition: c, At: &at, Version: e.Version, Bulletins: e.Bulletins})
	}
	if err := editionCommands(a).editionLine(w, &e); err != nil {
		return err
	}
	a.tellDraft(&e)
	return nil
}

// composeRefused says what is wrong with what was to be composed.
func composeRefused(err error, f *composeFlags) error {
	if errors.Is(err, bantin.ErrNotFound) {
		for _, id := range slices.Concat(f.pin, f.drop, f.restore) {
			if strings.Contains(err.Error(), fmt.Sprintf("%q", id)) {
				return bulletinNotFound(err, id)
			}
		}
	}
	return err
}
