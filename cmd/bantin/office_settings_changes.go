package main

import (
	"slices"
	"time"

	"bantin"
	"bantin/config"
)

// settingChanges says what a file that was changed and not read again will do: what is
// wrong with it, ids that come and go, and due times that are others.
func settingChanges(inForce, next *config.Config, problems []config.Problem, now time.Time) (list []bantin.Words) {
	for _, p := range problems {
		if !p.Warning {
			list = append(list, bantin.Say("Sẽ không được nhận, dòng %d: %s", "It will be refused, line %d: %s", p.Line, p.Message))
		}
	}
	if len(list) > 0 {
		return list
	}
	list = append(list, idChanges(bantin.Words{VI: "Bản tin tổng hợp", EN: "Digest"}, digestIDs(inForce), digestIDs(next))...)
	list = append(list, idChanges(bantin.Words{VI: "Nguồn", EN: "Source"}, sourceIDs(inForce), sourceIDs(next))...)
	list = append(list, idChanges(bantin.Words{VI: "Nguồn tin", EN: "Feed"}, feedIDs(inForce), feedIDs(next))...)
	for i := range next.Digests {
		d := &next.Digests[i]
		at := slices.IndexFunc(inForce.Digests, func(was config.Digest) bool { return was.ID == d.ID })
		if at < 0 {
			continue
		}
		was, will := nextOf(&inForce.Digests[at], now), nextOf(d, now)
		if was != will {
			list = append(list, bantin.Say("Bản tin tổng hợp %s: lần gửi tới %s thay vì %s", "Digest %s: due next %s instead of %s", d.ID, will, was))
		}
	}
	return list
}

// nextOf says when a digest is due next.
func nextOf(d *config.Digest, now time.Time) bantin.Words {
	if d.Due == nil {
		return bantin.Words{VI: "không theo lịch", EN: "without a schedule"}
	}
	for t := range d.Due.All(now) {
		text := t.Format("02/01/2006 15:04 -07:00")
		return bantin.Words{VI: text, EN: text}
	}
	return bantin.Words{VI: "không còn lần nào", EN: "never again"}
}

// idChanges says which ids come and go.
func idChanges(what bantin.Words, was, will []string) (list []bantin.Words) {
	for _, id := range was {
		if !slices.Contains(will, id) {
			list = append(list, bantin.Say("%s %s không còn nữa", "%s %s goes", what, id))
		}
	}
	for _, id := range will {
		if !slices.Contains(was, id) {
			list = append(list, bantin.Say("%s %s là mới", "%s %s is new", what, id))
		}
	}
	return list
}

func feedIDs(c *config.Config) (ids []string) {
	for i := range c.Feeds {
		ids = append(ids, c.Feeds[i].ID)
	}
	return ids
}
