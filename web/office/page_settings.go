package office

import (
	"net/http"

	"bantin"
)

// Settings is the YAML in force, as the page of settings shows it.
type Settings struct {
	File      string
	Lines     []SettingLine
	IsChanged bool           // the file says something else by now, and was not read again
	Changes   []bantin.Words // what reading it again will do
}

// SettingLine is a line of the YAML, without secrets.
type SettingLine struct {
	Number   int
	Text     string
	Problems []SettingProblem
}

// SettingProblem is what is wrong at a line, as `check` says it.
type SettingProblem struct {
	Message, Hint bantin.Words
}

// settingsPage shows the settings, to be read.
type settingsPage struct {
	page
	Settings
}

func (o *office) settings(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &settingsPage{page: o.newPage(r, v, "settings", ""), Settings: o.Settings()}
	p.Title = p.Say("Cài đặt", "Settings")
	var changes []string
	for _, c := range p.Changes {
		changes = append(changes, c.EN)
	}
	return o.show(w, r, "settings", p, map[string]any{"file": p.File, "changed": p.IsChanged, "changes": changes})
}
