package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bantin"
	"bantin/source"
)

// retopicBatch is how many stored bulletins are looked at in one step: a tenth of a second.
const retopicBatch = 100

// SettleTopics settles the topics of all stored bulletins where those of the
// configuration are not the ones that they were settled by, and tells how many changed. It
// goes on where it was stopped. With the topics of before it costs one lookup.
func (c *Collector) SettleTopics(ctx context.Context) (changed int, err error) {
	now, err := c.topicsInForce()
	if err != nil {
		return 0, err
	}
	for {
		last, err := c.settledTo(ctx, now)
		if err != nil || last < 0 {
			return changed, err
		}
		n := 0
		if last, n, err = c.DB.Bulletins().Retopic(ctx, last, retopicBatch, c.topicsOf, c.Atlas.Tags); err != nil {
			return changed, fmt.Errorf("settle topics of stored bulletins: %w", err)
		}
		changed += n
		done := fmt.Sprint(last, " ", now)
		if last == 0 {
			done = allSettled + now
		}
		if err := c.DB.SetSetting(ctx, topicsSetting, done); err != nil {
			return changed, err
		}
	}
}

// topicsSetting keeps by which topics the stored bulletins are settled, and to which row;
// none stands for no topics.
const topicsSetting, allSettled = "topics", "all "

// topicsInForce is the configured topics as text, "" for none.
func (c *Collector) topicsInForce() (string, error) {
	if len(c.Atlas.Topics()) == 0 {
		return "", nil
	}
	text, err := json.Marshal(c.Atlas.Topics())
	return string(text), err
}

// settledTo gives the row up to which bulletins are settled by these topics; -1: all are.
func (c *Collector) settledTo(ctx context.Context, topics string) (int64, error) {
	stored, err := c.DB.Setting(ctx, topicsSetting)
	if err != nil || stored == allSettled+topics || stored == "" && topics == "" {
		return -1, err
	}
	at, by, _ := strings.Cut(stored, " ")
	if last, err := strconv.ParseInt(at, 10, 64); err == nil && by == topics {
		return last, nil
	}
	return 0, nil
}

func (c *Collector) topicsOf(b *bantin.Bulletin) []string {
	return c.Atlas.TopicsOf(b.Categories, func() string { return source.Prose(b) })
}
