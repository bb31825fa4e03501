package main

import (
	"context"
	"time"

	"bantin"
	"bantin/config"
	"bantin/place"
	"bantin/publish/edition"
	"bantin/schedule"
	"bantin/store"
)

// digestStates gives what is remembered of each digest of the file.
func digestStates(ctx context.Context, db *store.DB, c *config.Config) (map[string]store.DigestState, error) {
	states := map[string]store.DigestState{}
	for _, d := range c.Digests {
		for _, id := range append([]string{d.ID}, d.Aliases...) {
			state, known, err := db.Digests().State(ctx, id)
			if err != nil {
				return nil, err
			}
			if known {
				states[d.ID] = state
				break
			}
		}
	}
	return states, nil
}

// withStored turns the due times of digests into those that the daemon will act on: by
// what it remembers, and not by the file alone.
func withStored(due []dueTimes, c *config.Config, s span, states map[string]store.DigestState) {
	for i := range due {
		d := &due[i]
		state, known := states[d.ID]
		if d.Kind != "digest" || !known {
			continue
		}
		for j := range c.Digests {
			if c.Digests[j].ID != d.ID {
				continue
			}
			plan := planOf(&c.Digests[j])
			outlook := plan.Outlook(state, s.after)
			d.Missed, d.InForce = outlook.Missed, outlook.InForce
			if d.Every == "" {
				d.Times = span{outlook.After, s.to}.of(plan.Schedule)
			}
		}
	}
}

// printStored says what the daemon remembers and will do.
func (a checkCommand) printStored(d dueTimes) {
	var none *schedule.Schedule
	switch d.InForce {
	case "":
	case none.String():
		a.say("  Chưa có hiệu lực: bantin run theo lịch này từ lần khởi động hoặc nạp lại kế tiếp,\n  và không gửi gì cho những lần đến hạn trước đó.",
			"  Not in force yet: bantin run goes by it from its next start or reload on,\n  and sends nothing for due times before that.")
	default:
		a.say("  Khác lịch đang có hiệu lực (%s). bantin run theo lịch này từ lần khởi động hoặc nạp lại kế tiếp,\n  và không gửi gì cho những lần đến hạn trước đó.",
			"  Differs from the schedule in force (%s). bantin run goes by this one from its next start or reload on,\n  and sends nothing for due times before that.", d.InForce)
	}
	if !d.Missed.IsZero() {
		a.say("  %s: đã lỡ; bantin run sẽ gửi bù một kỳ.", "  %s: missed; bantin run will make up for it with one edition.", inWords(d.Missed, a.language))
	}
}

// withoutRecipients warns of digests that nobody would get.
func withoutRecipients(ctx context.Context, db *store.DB, file string, c *config.Config) ([]config.Problem, error) {
	site := c.Site.Site()
	editor := edition.Editor{DB: db, Site: &site, Atlas: place.NewAtlas(c.AllClusters(), c.AllTopics()...)}
	var list []config.Problem
	for i := range c.Digests {
		d := c.Digests[i].Digest()
		why, err := editor.WhyNobody(ctx, &d, time.Now())
		if err != nil {
			return nil, err
		}
		if why == (bantin.Words{}) {
			continue
		}
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Say("bản tin tổng hợp %q có 0 người nhận: %s", "the digest %q has 0 recipients: %s", d.ID, why), Hint: bantin.Say("đến hạn cũng không lập kỳ nào; xem từng người: bantin digest audience %s --contact ĐỊA-CHỈ",
			"no edition is made when it is due; to ask about one contact: bantin digest audience %s --contact ADDRESS", d.ID)})
	}
	return list, nil
}

// planOf is a digest of the file with its schedule.
func planOf(d *config.Digest) *edition.DigestPlan {
	return &edition.DigestPlan{Digest: d.Digest(), Schedule: d.Due, Missed: edition.MissedPolicy(d.Missed), Late: d.Late.Std(), Tests: d.Tests}
}

// nextDue is when a digest is due next, by what is remembered of it.
func (w *deps) nextDue(ctx context.Context, d *edition.DigestPlan) time.Time {
	after := w.now()
	if state, known, err := w.db.Digests().State(ctx, d.ID); err == nil && known { // else the schedule alone says it
		after = d.Outlook(state, after).After
	}
	return d.Schedule.Next(after)
}
