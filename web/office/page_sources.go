package office

import (
	"net/http"
	"time"

	"bantin/store"
)

// sourcesPage shows how each source does.
type sourcesPage struct {
	page
	Sources []sourceRow
}

type sourceRow struct {
	ID, Kind, Where string
	Read, Next      string
	Error, ErrorAt  string // of the last read; "" where it went well
}

// sourceJSON is a source as `sources --json` prints it.
type sourceJSON struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastError   string    `json:"last_error,omitempty"`
	NextTry     time.Time `json:"next_try,omitzero"`
}

func (o *office) sources(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &sourcesPage{page: o.newPage(r, v, "sources", "")}
	p.Title = p.Say("Nguồn", "Sources")
	states, err := o.Store.Sources().List(r.Context())
	if err != nil {
		return err
	}
	known := map[string]store.SourceState{}
	for _, s := range states {
		known[s.ID] = s
	}
	values := make([]any, 0, len(o.Sources))
	for _, s := range o.Sources {
		state := known[s.ID]
		p.Sources = append(p.Sources, sourceRow{
			ID: s.ID, Kind: s.Kind, Where: s.Where, Read: p.When(state.LastSuccess, o.Site.Location), Next: p.When(state.NextTry, o.Site.Location),
			Error: state.LastError, ErrorAt: p.When(state.ErrorAt, o.Site.Location),
		})
		values = append(values, sourceJSON{s.ID, s.Kind, state.LastSuccess, state.LastError, state.NextTry})
	}
	return o.show(w, r, "sources", p, values...)
}
