package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// corrections are the flags of `bulletins correct`, as they were written.
type corrections struct {
	title, lead, date           string
	places, clusters, topics    string
	eventDate, eventPlace, host string
	undo                        []string
	announce                    string
}

// correctionFlags are those of which one must be given.
func correctionFlags() []string {
	return []string{"title", "lead", "places", "clusters", "topics", "date", "event-date", "event-place", "host", "undo", "announce"}
}

func (a bulletinCommands) correctCommand() *cobra.Command {
	var c corrections
	var correct *cobra.Command
	correct = a.verdictCommand("correct ID", a.text("Ghi điều tin phải nói; các lần đọc nguồn sau vẫn giữ", "Correct a bulletin; later reads of its source keep the correction"),
		bantin.Words{VI: "Đã sửa %s", EN: "Corrected %s"},
		func(ctx context.Context, w *deps, args []string) (bantin.Bulletin, error) {
			correction, err := a.correction(w, &c, correct.Flags().Changed)
			if err != nil {
				return bantin.Bulletin{}, err
			}
			undo, err := a.undone(c.undo)
			if err != nil {
				return bantin.Bulletin{}, err
			}
			return w.db.Bulletins().Correct(ctx, args[0], correction, undo, w.atlas.Tags)
		})
	correct.Example = asTyped(
		`bantin bulletins correct van-phong-thuyen-sach --places "Vĩnh Long" --date 2026-11-05`,
		"bantin bulletins correct van-phong-thuyen-sach --undo places",
		`bantin bulletins correct van-phong-thuyen-sach --announce "Lễ trao diễn ra ngày 6/11, không phải ngày 5/11."`)
	f := correct.Flags()
	f.StringVar(&c.title, "title", "", a.text("tiêu đề (`TEXT`)", "the title (`TEXT`)"))
	f.StringVar(&c.lead, "lead", "", a.text("đoạn tóm tắt (`TEXT`); để trống: không có", "the lead paragraph (`TEXT`); empty: none"))
	f.StringVar(&c.places, "places", "", a.text("các tỉnh, thành phố: tên hoặc mã (`NAMES`), cách nhau bằng dấu phẩy; để trống: không có", "provinces by name or slug (`NAMES`), separated by commas; empty: none"))
	f.StringVar(&c.clusters, "clusters", "", a.text("các cụm (`IDS`), cách nhau bằng dấu phẩy; để trống: không có", "clusters by id (`IDS`), separated by commas; empty: none"))
	f.StringVar(&c.topics, "topics", "", a.text("các chủ đề: tên hoặc mã (`NAMES`), cách nhau bằng dấu phẩy; để trống: không có", "topics by title or id (`NAMES`), separated by commas; empty: none"))
	f.StringVar(&c.date, "date", "", a.text("ngày đăng (`DAY`), như 2026-11-23", "the `DAY` of publication, such as 2026-11-23"))
	f.StringVar(&c.eventDate, "event-date", "", a.text("ngày diễn ra việc được đưa tin (`DAY`)", "the `DAY` of the event"))
	f.StringVar(&c.eventPlace, "event-place", "", a.text("nơi diễn ra (`TEXT`); để trống: không có", "the place of the event (`TEXT`); empty: none"))
	f.StringVar(&c.host, "host", "", a.text("nơi đăng cai (`TEXT`); để trống: không có", "the host of the event (`TEXT`); empty: none"))
	f.StringVar(&c.announce, "announce", "", a.text("điều đã sai (`TEXT`): kỳ tới của mỗi bản tin tổng hợp đã đăng tin này nói ở đầu thư", "what was wrong (`TEXT`): the next edition of each digest that carried it says so at its head"))
	f.StringSliceVar(&c.undo, "undo", nil, a.text("các mục (`FIELDS`) trả lại như nguồn ghi: title, lead, places, clusters, topics, date, event", "`FIELDS` to take from the source again: title, lead, places, clusters, topics, date, event"))
	return correct
}

// undone are the fields that are given back to the source.
func (a bulletinCommands) undone(names []string) ([]store.Field, error) {
	var fields []store.Field
	for _, name := range names {
		field := store.Field(strings.TrimSpace(name))
		if !slices.Contains(store.Fields(), field) {
			return nil, a.unknown(bantin.Words{VI: "--undo: không có mục %q", EN: "--undo: unknown field %q"}, name,
				"title, lead, places, clusters, topics, date, event", bantin.Words{VI: "có", EN: "known:"})
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// correction takes the flags that were given, of any value.
func (a bulletinCommands) correction(w *deps, c *corrections, given func(flag string) bool) (store.Correction, error) {
	var out store.Correction
	if flags := correctionFlags(); !slices.ContainsFunc(flags, given) {
		return out, wrongUsage("hãy cho biết sửa gì: --%s", "nothing to correct: use --%s", strings.Join(flags, ", --"))
	}
	if given("announce") {
		out.Announce = bantin.Shorten(oneLine(c.announce), bantin.MaxAnnouncement)
	}
	if given("title") {
		title := oneLine(c.title)
		out.Title = &title
	}
	if given("lead") {
		lead := oneLine(c.lead)
		out.Lead = &lead
	}
	if given("places") {
		slugs, err := a.lookUp(c.places, a.placeSlug)
		if err != nil {
			return out, err
		}
		out.Places = &slugs
	}
	if given("clusters") {
		ids, err := a.lookUp(c.clusters, func(id string) (string, error) { return a.clusterID(w, id) })
		if err != nil {
			return out, err
		}
		out.Clusters = &ids
	}
	if given("topics") {
		ids, err := a.lookUp(c.topics, func(name string) (string, error) { return a.topicID(w, name) })
		if err != nil {
			return out, err
		}
		out.Topics = &ids
	}
	if given("date") {
		day, err := dayFlag("--date", c.date)
		if err != nil {
			return out, err
		}
		published := day.In(w.site.Location)
		out.Published = &published
	}
	return out, c.event(&out, given)
}

// event takes the flags that speak of the event.
func (c *corrections) event(out *store.Correction, given func(flag string) bool) error {
	if given("event-date") {
		day, err := dayFlag("--event-date", c.eventDate)
		if err != nil {
			return err
		}
		out.EventDate = &day
	}
	if given("event-place") {
		where := oneLine(c.eventPlace)
		out.EventPlace = &where
	}
	if given("host") {
		host := oneLine(c.host)
		out.EventHost = &host
	}
	return nil
}

// oneLine is text as bulletins hold it: NFC, one space between words.
func oneLine(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// lookUp translates a list, each name once.
func (a bulletinCommands) lookUp(list string, find func(string) (string, error)) ([]string, error) {
	found := []string{}
	seen := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		id, err := find(name)
		if err != nil {
			return nil, err
		}
		if !seen[id] {
			found, seen[id] = append(found, id), true
		}
	}
	return found, nil
}

func (a bulletinCommands) placeSlug(name string) (string, error) {
	if slug, ok := place.Lookup(name); ok {
		return slug, nil
	}
	return "", a.unknown(bantin.Words{VI: "không có tỉnh, thành phố %q", EN: "unknown place %q"}, name,
		place.Names(place.Nearest(name, 3), a.language), bantin.Words{VI: "có phải", EN: "did you mean"})
}

func (a bulletinCommands) clusterID(w *deps, id string) (string, error) {
	if _, ok := w.atlas.Cluster(id); ok {
		return id, nil
	}
	var ids []string
	for _, c := range w.atlas.Clusters() {
		ids = append(ids, c.ID)
	}
	return "", a.unknown(bantin.Words{VI: "không có cụm %q", EN: "unknown cluster %q"}, id,
		strings.Join(ids, ", "), bantin.Words{VI: "có", EN: "known:"})
}

func (a bulletinCommands) topicID(w *deps, name string) (string, error) {
	if id, ok := w.atlas.TopicNamed(name); ok {
		return id, nil
	}
	var ids []string
	for _, t := range w.atlas.Topics() {
		ids = append(ids, t.ID)
	}
	return "", a.unknown(bantin.Words{VI: "không có chủ đề %q", EN: "unknown topic %q"}, name,
		strings.Join(ids, ", "), bantin.Words{VI: "có", EN: "known:"})
}

// unknown says that a name is none, and which ones there are.
func (a bulletinCommands) unknown(what bantin.Words, name, others string, lead bantin.Words) error {
	text := fmt.Sprintf(what.In(a.language), name)
	if others != "" {
		text += ": " + lead.In(a.language) + " " + others
	}
	return &usageError{bantin.Words{VI: text, EN: text}} // in the language that is settled by now
}
