package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
)

// sourcesCommand is `bantin sources`.
type sourcesCommand struct{ *app }

func (a sourcesCommand) command() *cobra.Command {
	return &cobra.Command{
		Use:     "sources",
		Short:   a.text("Cho biết từng nguồn: đọc được lúc nào, lỗi gì, lần tới khi nào, mục nào chưa đọc, đọc thiếu hay chờ duyệt", "Show the state of each source: last success, last error, next try, and each item that was not read, read in part or held"),
		Example: asTyped("bantin sources"),
		RunE:    a.does(a.sources),
	}
}

// sourceJSON is a source as CONTRACTS names its fields.
type sourceJSON struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastError   string    `json:"last_error,omitempty"`
	NextTry     time.Time `json:"next_try,omitzero"`

	Problems []bantin.ProblemText `json:"problems,omitempty"`
}

func (a sourcesCommand) sources(ctx context.Context, w *deps, _ []string) error {
	states, err := w.db.Sources().List(ctx)
	if err != nil {
		return err
	}
	problems, err := w.db.Sources().Problems(ctx)
	if err != nil {
		return err
	}
	known := map[string]store.SourceState{}
	for _, s := range states {
		known[s.ID] = s
	}
	for _, s := range w.config.Sources {
		state := known[s.ID]
		if a.json {
			row := sourceJSON{s.ID, string(s.Kind), state.LastSuccess, state.LastError, state.NextTry, bantin.ProblemsOf(problems, s.ID, a.language)}
			if err := a.printJSON(row); err != nil {
				return err
			}
			continue
		}
		a.say("%s (%s): đọc được %s, lần tới %s", "%s (%s): last read %s, next %s", s.ID, s.Kind,
			a.formatTime(state.LastSuccess, w.site.Location), a.formatTime(state.NextTry, w.site.Location))
		if state.LastError != "" {
			a.say("  lỗi lúc %s: %s", "  error at %s: %s", a.formatTime(state.ErrorAt, w.site.Location), state.LastError)
		}
		a.sayProblems(problems, s.ID)
	}
	return nil
}

// sayProblems tells what is wrong with the items of a source, and the next step.
func (a sourcesCommand) sayProblems(list []bantin.Problem, source string) {
	for _, g := range bantin.GroupProblems(list) {
		if g.Source != source {
			continue
		}
		a.say("  %s: %s", "  %s: %s", g.Kind.Label(a.language), g.What.In(a.language))
		for _, p := range g.Items {
			if p.Kind == bantin.ProblemHeld {
				a.say("    %q (%s)", "    %q (%s)", p.Item, p.Bulletin)
				continue
			}
			a.say("    %q", "    %q", p.Item)
		}
		a.say("    → %s", "    → %s", g.Hint.In(a.language))
	}
}
