package statistics

import (
	"cmp"
	"fmt"
	"time"

	"bantin"
	"bantin/place"
)

// Names writes spans and names for people.
type Names struct {
	Language bantin.Language
	Unit     Unit              // of the report
	Feeds    map[string]string // titles by id; others are named by their ids
}

// Row names a row of a plot.
func (n Names) Row(plot *Plot, row *Row) string {
	if plot.Name == nil {
		return n.span(row)
	}
	if words, ok := map[string]bantin.Words{
		PlotPlaces + NameOther:    {VI: "nơi có dưới 5 người, gộp lại", EN: "places with fewer than 5, together"},
		PlotLevels + NameOther:    {VI: "cấp có dưới 5 người, gộp lại", EN: "levels with fewer than 5, together"},
		PlotPlaces + NameNone:     {VI: "không ghi nơi", EN: "place not known"},
		PlotLevels + NameNone:     {VI: "không ghi cấp", EN: "level not known"},
		PlotPrograms + NameOther:  {VI: "chương trình khác", EN: "other programs"},
		PlotPrograms + NameDirect: {VI: "máy tự lấy tin", EN: "fetch for themselves"},
		PlotFeeds + "chon":        {VI: "nguồn tin tự chọn", EN: "feeds that readers put together"},
		PlotFeeds + "tim":         {VI: "nguồn tin từ tìm kiếm", EN: "feeds of a search"},
	}[plot.ID+row.Name]; ok {
		return words.In(n.Language)
	}
	switch plot.ID {
	case PlotPlaces:
		return place.Name(row.Name, n.Language)
	case PlotLevels:
		return cmp.Or(bantin.Level(row.Name).Words().In(n.Language), row.Name)
	case PlotFeeds:
		return cmp.Or(n.Feeds[row.Name], row.Name)
	}
	return row.Name
}

// span writes a day, a week by its first day, a month, a year.
func (n Names) span(row *Row) string {
	switch n.Unit {
	case ByYear:
		return row.From.Format("2006")
	case ByMonth:
		return row.From.Format("1/2006")
	case ByWeek:
		return n.Language.Say("tuần ", "week of ") + row.From.Format("2/1/2006")
	}
	return row.From.Format("2/1/2006")
}

// Finding says in a line what a plot shows. count writes a number.
func (n Names) Finding(p *Plot, f Filter, count func(int64) string) string {
	say := n.Language.Say
	switch p.ID {
	case PlotSent:
		text := fmt.Sprintf(say("%s thư đã gửi", "%s messages sent"), count(p.Sum("sent")))
		if editions := p.Sum("editions"); editions > 0 {
			text += fmt.Sprintf(say(" trong %s kỳ", " in %s editions"), count(editions))
		}
		return text
	case PlotReturned:
		hard, sent := p.Sum("hard"), p.Sum("sent")
		text := fmt.Sprintf(say("%s thư trả lại hẳn", "%s messages returned for good"), count(hard))
		if hard > 0 && sent > 0 {
			tenths := hard * 1000 / sent
			text += fmt.Sprintf(": %d%s%d%%", tenths/10, say(",", "."), tenths%10)
		}
		return text
	case PlotGrowth:
		return n.growth(p, count)
	case PlotMoves:
		return fmt.Sprintf(say("%s người mới, %s người ngừng nhận", "%s joined, %s left"), count(p.Sum("joined")), count(p.Sum("left")))
	case PlotReaders:
		last := p.Last()
		switch {
		case last == Unknown:
			return say("Chưa biết ai đọc nguồn tin", "No readers of feeds are known yet")
		case f.Feed != "":
			return fmt.Sprintf(say("Khoảng %s người đọc “%s”", "About %s readers of “%s”"), count(last), cmp.Or(n.Feeds[f.Feed], f.Feed))
		}
		return fmt.Sprintf(say("Khoảng %s người đọc nguồn tin", "About %s readers of feeds"), count(last))
	}
	if len(p.Rows) == 0 {
		return ""
	}
	text := say("Nhiều nhất: %s, %s người", "Most: %s, %s contacts")
	if p.ID == PlotFeeds || p.ID == PlotPrograms {
		text = say("Nhiều nhất: %s, %s người đọc", "Most: %s, %s readers")
	}
	return fmt.Sprintf(text, n.Row(p, &p.Rows[0]), count(p.Rows[0].Values[0]))
}

// growth says how long the list is, and how it changed.
func (n Names) growth(p *Plot, count func(int64) string) string {
	say, last := n.Language.Say, p.Last()
	if last == Unknown {
		return say("Chưa đếm được người nhận", "No contacts are counted yet")
	}
	text := say("%s người nhận", "%s contacts")
	if p.Columns[0].Key == "recipients" {
		text = say("%s người nhận bản tin này", "%s get this digest")
	}
	text = fmt.Sprintf(text, count(last))
	for _, first := range p.Column(p.Columns[0].Key) {
		if first == Unknown {
			continue
		}
		if change := last - first; change > 0 {
			text += fmt.Sprintf(say(", thêm %s", ", %s more"), count(change))
		} else if change < 0 {
			text += fmt.Sprintf(say(", bớt %s", ", %s fewer"), count(-change))
		}
		break
	}
	return text
}

// Range is the first and the last day of a report; zero without a plot over time.
func (r *Report) Range() (from, until time.Time) {
	for _, p := range r.Plots {
		if n := len(p.Rows); p.Name == nil && n > 0 {
			return p.Rows[0].From, p.Rows[n-1].Until
		}
	}
	return from, until
}

// Last is the last known value of the first column.
func (p *Plot) Last() int64 {
	for i := len(p.Rows) - 1; i >= 0; i-- {
		if n := p.Rows[i].Values[0]; n != Unknown {
			return n
		}
	}
	return Unknown
}
