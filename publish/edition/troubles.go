package edition

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
)

// An edition that is not made is a trouble of its digest until the next one is made, or
// until there is nothing to make one of.
const (
	objectMissed = "missed "
	objectNobody = "nobody "

	objectSchedule = "schedule " // two machines have different ones
)

// endNotMade ends the troubles of editions of a digest that were not made.
func (ed *Editor) endNotMade(ctx context.Context, digest string) error {
	for _, object := range []string{objectMissed + digest, objectNobody + digest} {
		if err := ed.DB.Troubles().End(ctx, bantin.TroubleEditionLate, object); err != nil {
			return err
		}
	}
	return nil
}

// missedTrouble is the trouble of a due time that is too far back.
func missedTrouble(d *DigestPlan, due time.Time) bantin.Trouble {
	return bantin.Trouble{
		Kind: bantin.TroubleEditionLate, Object: objectMissed + d.ID, Digest: d.ID,
		Subject: bantin.Words{VI: d.Title + ": đến hạn đã lâu, không gửi", EN: d.Title + ": overdue, not mailed"},
		What: dueWords(d, due,
			"Lúc đó bantin không chạy, và nay đã quá mức late, nên không lập kỳ nào. Tin của kỳ ấy sẽ vào kỳ sau.",
			"bantin did not run at that time, and it is now longer ago than late allows, so no edition was made. Its news will be in the next edition."),
		Hint: bantin.Say("Muốn gửi ngay: bantin digest send %s.", "To mail it now: bantin digest send %s.", d.ID),
	}
}

// nobodyTrouble is the trouble of a digest that nobody gets.
func nobodyTrouble(d *DigestPlan, due time.Time, why bantin.Words) bantin.Trouble {
	return bantin.Trouble{
		Kind: bantin.TroubleEditionLate, Object: objectNobody + d.ID, Digest: d.ID,
		Subject: bantin.Words{VI: d.Title + ": không có người nhận", EN: d.Title + ": nobody to mail it to"},
		What: dueWords(d, due,
			fmt.Sprintf("Không ai nhận bản này (%s), nên không lập kỳ nào. Tin của kỳ ấy sẽ vào kỳ sau.", why.VI),
			fmt.Sprintf("Nobody gets this digest (%s), so no edition was made. Its news stays for the next edition.", why.EN)),
		Hint: bantin.Say("Xem ai sẽ nhận: bantin digest audience %[1]s. Sau khi sửa: bantin digest send %[1]s.",
			"To see who would get it: bantin digest audience %[1]s. Once that is corrected: bantin digest send %[1]s.", d.ID),
	}
}

// dueWords says when a digest was due, and what became of that.
func dueWords(d *DigestPlan, due time.Time, vi, en string) bantin.Words {
	at := func(l bantin.Language) string { return mailer.FormatTime(l, due.In(d.Location)) }
	return bantin.Words{VI: "Đến hạn lúc " + at(bantin.Vietnamese) + ". " + vi, EN: "Due at " + at(bantin.English) + ". " + en}
}

// endOfRemoved ends what troubles digests that were taken out of the configuration: nobody
// else will.
func (p *Planner) endOfRemoved(ctx context.Context, keep []string) error {
	open, err := p.DB.Troubles().Open(ctx)
	if err != nil {
		return err
	}
	for _, t := range open {
		ours := strings.HasPrefix(t.Object, objectSchedule) || strings.HasPrefix(t.Object, objectMissed) || strings.HasPrefix(t.Object, objectNobody)
		if !ours || t.Digest == "" || slices.Contains(keep, t.Digest) {
			continue
		}
		if err := p.DB.Troubles().End(ctx, t.Kind, t.Object); err != nil {
			return err
		}
	}
	return nil
}
