package alarm

import (
	"context"
	"encoding/json"
	"time"

	"bantin"
	"bantin/store"
)

// wellSetting is the setting that holds how far each way is with the sign of life.
const wellSetting = "alarm well"

// sayWell tells by each way, once in a.Well, that this installation lives: so that its
// silence is noticed. What lasts is named in it.
func (a *Alarms) sayWell(ctx context.Context) {
	if a.Well <= 0 {
		return
	}
	kept, err := a.DB.Setting(ctx, wellSetting)
	if err != nil {
		return // it is told next time
	}
	states := map[string]store.Telling{}
	if kept != "" && json.Unmarshal([]byte(kept), &states) != nil {
		states = map[string]store.Telling{}
	}
	changed := false
	for _, way := range a.Ways {
		changed = a.sayWellBy(ctx, &way, states) || changed
	}
	if !changed {
		return
	}
	text, err := json.Marshal(states)
	if err == nil {
		err = a.DB.SetSetting(context.WithoutCancel(ctx), wellSetting, string(text))
	}
	if err != nil {
		a.Log.Warn("sign of life cannot be noted", "error", err)
	}
}

// sayWellBy tells it by one way if it is time, and reports whether the state changed. The
// first sign comes a whole period after the first look.
func (a *Alarms) sayWellBy(ctx context.Context, way *Way, states map[string]store.Telling) (changed bool) {
	s, now := states[way.Name], a.Now()
	if s.Told.IsZero() || s.Told.After(now) {
		states[way.Name] = store.Telling{Told: now}
		return true
	}
	if now.Sub(s.Told) < a.Well || now.Before(s.Next) {
		return false
	}
	t, err := a.wellTrouble(ctx, now)
	if err != nil || way.Takes != nil && !way.Takes(&t) {
		return false
	}
	err = way.Tell(ctx, &t, NewMessage(&t, a.Language, a.Zone))
	if err != nil && ctx.Err() != nil {
		return false
	}
	if err != nil {
		a.Log.Warn("sign of life cannot be told, retrying", "way", way.Name, "error", err)
	}
	states[way.Name] = after(s, lasts, now, err)
	return true
}

// wellTrouble says that the installation lives, and what lasts.
func (a *Alarms) wellTrouble(ctx context.Context, now time.Time) (bantin.Trouble, error) {
	open, err := a.DB.Troubles().Open(ctx)
	t := bantin.Trouble{
		ID: store.NewTroubleID(), Kind: bantin.TroubleWell, Since: now,
		Subject: bantin.Words{VI: "bantin vẫn chạy", EN: "bantin is running"},
		What:    bantin.Words{VI: "Không có gì trục trặc.", EN: "Nothing is in trouble."},
		Hint: bantin.Words{VI: "Tin này đến đều đặn theo khóa alarm.well. Nếu không đến nữa, hãy xem máy còn chạy không.",
			EN: "This comes regularly, as alarm.well says. If it does not come any more, see whether the machine runs."},
	}
	if len(open) > 0 {
		t.What = bantin.Say("%d việc đang trục trặc:", "%d troubles last:", len(open))
	}
	for _, one := range open {
		t.What.VI += " " + one.Subject.VI + "."
		t.What.EN += " " + one.Subject.EN + "."
	}
	return t, err
}
