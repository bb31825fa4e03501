package office

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"bantin"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/store"
	"bantin/web/office/draw"
)

// refusals are what was refused of an edition, and what came back, by reason and by
// receiving domain, the most first.
type refusals struct {
	Total   string // "" for none
	Reasons []tally
	Domains []tally
}

// tally is a line of a table with a bar.
type tally struct {
	Name, Count string
	Note        string // the main reason of a domain; an example of a reply
	Bar         string // width in percent of the longest
	n           int64
}

// maxTallies is how many lines a table has.
const maxTallies = 10

func (o *office) fillRefusals(ctx context.Context, p *editionPage, e *bantin.Edition) error {
	if e.Counts.Failed == 0 && e.Returned == 0 {
		return nil
	}
	reasons, examples := map[bounce.Reason]int64{}, map[bounce.Reason]string{}
	domains := map[string]map[bounce.Reason]int64{}
	known := map[string]bounce.Reason{} // by reply: most are alike
	total := int64(0)
	err := o.Store.Deliveries().VisitRefused(ctx, e.Row, func(r store.Refused) {
		reason := bounce.Reason(r.Reason)
		if reason == "" {
			reply := mailer.GeneralReply(r.Reply)
			var seen bool
			if reason, seen = known[reply]; !seen {
				reason = bounce.ClassifyReply(r.Address, r.Reply).Reason
				known[reply] = reason
			}
			examples[reason] = cmp.Or(examples[reason], reply)
		}
		total++
		reasons[reason]++
		domain := strings.ToLower(r.Address[strings.LastIndexByte(r.Address, '@')+1:])
		if domains[domain] == nil {
			domains[domain] = map[bounce.Reason]int64{}
		}
		domains[domain][reason]++
	})
	if err != nil || total == 0 {
		return err
	}
	p.Refusals.Total = p.Count(total)
	for reason, n := range reasons {
		p.Refusals.Reasons = append(p.Refusals.Reasons, tally{Name: p.reason(reason), Note: examples[reason], n: n})
	}
	for domain, counts := range domains {
		t := tally{Name: domain}
		main := slices.MaxFunc(slices.Sorted(maps.Keys(counts)), func(a, b bounce.Reason) int { return cmp.Compare(counts[a], counts[b]) })
		t.Note = p.reason(main)
		for _, n := range counts {
			t.n += n
		}
		p.Refusals.Domains = append(p.Refusals.Domains, t)
	}
	p.Refusals.Reasons, p.Refusals.Domains = p.most(p.Refusals.Reasons), p.most(p.Refusals.Domains)
	return nil
}

// most sorts tallies and keeps the largest.
func (p page) most(list []tally) []tally {
	slices.SortFunc(list, func(a, b tally) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.Name, b.Name)) })
	list = list[:min(len(list), maxTallies)]
	for i := range list {
		list[i].Count, list[i].Bar = p.Count(list[i].n), draw.Percent(list[i].n, list[0].n)
	}
	return list
}

func (p page) reason(reason bounce.Reason) string {
	if words := reason.Words(); words.VI != "" {
		return words.In(p.Language)
	}
	return p.Say("không rõ lý do", "no reason given")
}
