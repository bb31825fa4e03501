package schedule

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"bantin"
)

// Parse reads lines, at least one, and joins them in the zone loc. An error is
// an *Error; a line that is never due, such as "0 0 31 2 *", is one.
func Parse(specs []string, loc *time.Location) (*Schedule, error) {
	if len(specs) == 0 {
		return nil, wrong("", bantin.Words{VI: "không có dòng nào", EN: "no line at all"}, lineHint())
	}
	s := &Schedule{loc: loc, specs: specs}
	for _, spec := range specs {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(spec), "@every"); ok {
			every, err := parseEvery(spec, rest, len(specs))
			if err != nil {
				return nil, err
			}
			s.every = every
			continue
		}
		if strings.EqualFold(strings.TrimSpace(spec), News) {
			if err := parseNews(spec, len(specs)); err != nil {
				return nil, err
			}
			s.news = true
			continue
		}
		line, err := parseLine(spec)
		if err != nil {
			return nil, err
		}
		s.lines = append(s.lines, line)
	}
	return s, nil
}

// parseEvery reads what follows @every. It stands alone: joined with times on
// the wall, nobody could say what it is in step with.
func parseEvery(spec, rest string, lines int) (time.Duration, error) {
	if lines > 1 {
		return 0, wrong(spec,
			bantin.Words{VI: "@every không đứng chung với dòng khác", EN: "@every cannot be joined with other lines"},
			bantin.Words{VI: "chỉ viết một mình nó, hoặc dùng các dòng như */15 * * * *", EN: "write it alone, or use lines such as */15 * * * *"})
	}
	every, err := ParseDuration(strings.TrimSpace(rest))
	if err != nil || every < time.Second {
		return 0, wrong(spec,
			bantin.Words{VI: "@every cần một khoảng thời gian từ một giây trở lên", EN: "@every needs a duration of a second or more"},
			bantin.Words{VI: "viết như @every 15m", EN: "write it as @every 15m"})
	}
	return every, nil
}

// parseLine reads five fields, or a name that stands for them.
func parseLine(spec string) (cron.Schedule, error) {
	text := strings.TrimSpace(spec)
	if strings.HasPrefix(text, "@") {
		named, ok := descriptor(strings.ToLower(text))
		if !ok {
			return nil, wrong(spec, bantin.Words{VI: "không có tên này", EN: "there is no such name"}, bantin.Words{
				VI: "các tên là " + descriptorList + ", @every 15m",
				EN: "the names are " + descriptorList + ", @every 15m",
			})
		}
		text = named
	}
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") {
		return nil, wrong(spec,
			bantin.Words{VI: "múi giờ không viết ở đây", EN: "the zone is not written here"},
			bantin.Words{VI: "dùng khóa timezone", EN: "use the key timezone"})
	}
	parts := strings.Fields(text)
	if len(parts) != 5 {
		return nil, wrongCount(spec, len(parts))
	}
	return newLine(spec, parts)
}

const descriptorList = "@hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually"

func descriptor(name string) (line string, ok bool) {
	switch name {
	case "@hourly":
		return "0 * * * *", true
	case "@daily", "@midnight":
		return "0 0 * * *", true
	case "@weekly":
		return "0 0 * * 0", true
	case "@monthly":
		return "0 0 1 * *", true
	case "@yearly", "@annually":
		return "0 0 1 1 *", true
	}
	return "", false
}
