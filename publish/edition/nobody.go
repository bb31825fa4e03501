package edition

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/store"
)

// WhyNobody says why nobody gets a digest: nobody is on the list, or nobody there fits
// one of the keys of its audience, as where it asks for a level that the list does not
// have. Empty where somebody gets it.
func (ed *Editor) WhyNobody(ctx context.Context, d *bantin.Digest, at time.Time) (why bantin.Words, err error) {
	audience := ed.Audience(d, at)
	gets := func(a store.Audience) bool {
		n := 0
		if err == nil {
			a.Site, a.Day = audience.Site, audience.Day
			n, err = ed.DB.Digests().CountAudience(ctx, d.ID, a, nil)
		}
		return n > 0
	}
	if gets(audience) || err != nil {
		return why, err
	}
	levels, err := ed.DB.Contacts().CountLevels(ctx)
	if err != nil {
		return why, err
	}
	switch {
	case len(levels) == 0:
		why = bantin.Words{VI: "danh sách người nhận trống", EN: "the list of contacts is empty"}
	case !gets(store.Audience{AnyPlace: true}):
		why = bantin.Words{VI: "mọi người trong danh sách đã ngừng, đang tạm ngừng hoặc không được gửi thư", EN: "everybody on the list unsubscribed, paused or is suppressed"}
	case !gets(store.Audience{AnyPlace: true, Levels: audience.Levels}):
		why = wrongLevels(audience.Levels, levels)
	case !gets(store.Audience{AnyPlace: audience.AnyPlace, Places: audience.Places}):
		why = bantin.Words{VI: "không ai trong danh sách ở nơi hoặc cụm mà audience nêu", EN: "nobody on the list is of a place or cluster of its audience"}
	case !gets(store.Audience{AnyPlace: true, Languages: audience.Languages}):
		why = bantin.Words{VI: "không ai trong danh sách dùng ngôn ngữ mà audience nêu", EN: "nobody on the list has a language of its audience"}
	case !gets(store.Audience{AnyPlace: true, Tags: audience.Tags}):
		why = bantin.Words{VI: "không ai trong danh sách có nhãn mà audience nêu", EN: "nobody on the list has a tag of its audience"}
	default:
		why = bantin.Words{VI: "không ai hợp với mọi khóa của audience cùng lúc", EN: "nobody fits all keys of its audience at once"}
	}
	return why, err
}

// wrongLevels sets the levels that a digest asks for beside those of the list.
func wrongLevels(wanted []bantin.Level, levels map[bantin.Level]int) bantin.Words {
	words := func(lang bantin.Language) (want, have string) {
		var wants, haves []string
		for _, l := range wanted {
			wants = append(wants, l.Words().In(lang))
		}
		for _, l := range bantin.Levels() {
			if n := levels[l]; n > 0 {
				haves = append(haves, fmt.Sprintf("%s %d", l.Words().In(lang), n))
			}
		}
		if n := levels[""]; n > 0 {
			haves = append(haves, fmt.Sprintf("%s %d", lang.Say("chưa ghi cấp", "no level"), n))
		}
		return strings.Join(wants, ", "), strings.Join(haves, ", ")
	}
	wantVI, haveVI := words(bantin.Vietnamese)
	wantEN, haveEN := words(bantin.English)
	return bantin.Words{
		VI: fmt.Sprintf("không ai trong danh sách có cấp %s; danh sách có: %s", wantVI, haveVI),
		EN: fmt.Sprintf("nobody on the list has the level %s; the list has: %s", wantEN, haveEN),
	}
}
