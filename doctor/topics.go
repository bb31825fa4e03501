package doctor

import (
	"context"
	"time"

	"bantin"
	"bantin/store"
)

// Topic is a topic of the configuration.
type Topic struct {
	ID  string
	Tag string // what its bulletins have; see store.Filter
}

// deadTopic is how long a topic may be without a bulletin: half a year of an association
// that reports of each scholarship once a term.
const deadTopic = 183 * 24 * time.Hour

// checkTopics looks for topics that no bulletin is about any more: who chose one waits for
// nothing.
func checkTopics(ctx context.Context, o *Options) Finding {
	switch {
	case len(o.Topics) == 0:
		return skipped(words("không có chủ đề nào", "there are no topics"))
	case o.Store == nil:
		return skipped(words("chưa có cơ sở dữ liệu", "there is no database yet"))
	}
	var dead []bantin.Words
	for _, t := range o.Topics {
		newest, err := o.Store.Bulletins().List(ctx, store.Filter{Tags: [][]string{{t.Tag}}, Limit: 1})
		switch {
		case err != nil:
			return skipped(words("không đọc được các bản tin: %v", "the bulletins cannot be read: %v", err))
		case len(newest) == 0:
			dead = append(dead, words("chủ đề %s chưa có tin nào", "topic %s has no bulletin", t.ID))
		case o.now().Sub(newest[0].ArrivedAt) > deadTopic:
			day := bantin.DayOf(newest[0].ArrivedAt).String()
			dead = append(dead, words("chủ đề %s không có tin mới từ %s", "topic %s has had no news since %s", t.ID, day))
		}
	}
	if len(dead) > 0 {
		return Finding{Status: Warning, What: join(dead...), Hint: words("bổ sung words của chủ đề, ghi chủ đề vào phần đầu bản tin, hoặc bỏ chủ đề",
			"add to the topic's words, name it in front matter, or remove it")}
	}
	return ok(words("%d chủ đề có tin", "%d topics have bulletins", len(o.Topics)))
}
