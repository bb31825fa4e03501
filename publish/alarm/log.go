package alarm

import (
	"context"
	"log/slog"

	"bantin"
)

// Log is the way that is always there.
func Log(log *slog.Logger) Way {
	return Way{Name: "log", Once: true, Takes: notWell, Tell: func(_ context.Context, t *bantin.Trouble, m Message) error {
		log := log.With("kind", m.Kind, "id", m.ID, "subject", m.Subject, "what", m.What, "since", m.Since)
		if t.Resolved.IsZero() {
			log.Warn("alarm", "hint", m.Hint)
			return nil
		}
		log.Info("alarm is over", "resolved", m.Resolved)
		return nil
	}}
}

func notWell(t *bantin.Trouble) bool { return t.Kind != bantin.TroubleWell }
