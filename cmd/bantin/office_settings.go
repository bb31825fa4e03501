package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"bantin/config"
	"bantin/web/office"
)

// settings gives the YAML that is in force, for the office to read. The file is read when
// this is made, which is when the configuration was.
func (w *deps) settings() func() office.Settings {
	path := w.config.Path
	inForce, err := os.ReadFile(path)
	if err != nil {
		w.log.Warn("the configuration cannot be shown to the office", "error", err)
	}
	_, report := config.Load(path)
	return func() office.Settings {
		s := office.Settings{File: path}
		problems := map[int][]office.SettingProblem{}
		for _, p := range report.Problems {
			problems[p.Line] = append(problems[p.Line], office.SettingProblem{Message: p.Message, Hint: p.Hint})
		}
		for i, line := range withoutSecrets(string(inForce)) {
			s.Lines = append(s.Lines, office.SettingLine{Number: i + 1, Text: line, Problems: problems[i+1]})
		}
		now, err := os.ReadFile(path)
		s.IsChanged = err == nil && !bytes.Equal(now, inForce)
		if s.IsChanged {
			next, found := config.Load(path)
			s.Changes = settingChanges(w.config, next, found.Problems, w.now())
		}
		return s
	}
}

// problemsAge is how old what check finds may be when the office is shown it: people who
// look often cost one look at files and audiences.
const problemsAge = 5 * time.Minute

// problems gives what `bantin check` finds without a line of the YAML that is in force.
func (w *deps) problems() func(context.Context) []office.SettingProblem {
	path := w.config.Path
	_, report := config.Load(path)
	var mu sync.Mutex
	var last time.Time
	var list []office.SettingProblem
	return func(ctx context.Context) []office.SettingProblem {
		mu.Lock()
		defer mu.Unlock()
		if age := w.now().Sub(last); !last.IsZero() && age >= 0 && age < problemsAge {
			return list
		}
		stored, err := storedProblems(ctx, w.db, path, w.config)
		if err != nil {
			w.log.Debug("what check finds in the database cannot be shown to the office", "error", err)
			return list
		}
		last, list = w.now(), nil
		for _, p := range slices.Concat(report.Problems, stored, problemsOfFiles(path, w.config)) {
			if p.Line == 0 {
				list = append(list, office.SettingProblem{Message: p.Message, Hint: p.Hint})
			}
		}
		return list
	}
}

var (
	passwordInURL = regexp.MustCompile(`(://[^\s/:@]*):[^\s/@]+@`)
	secretKey     = regexp.MustCompile(`(?i)\b((?:[a-z_]*(?:password|secret|token)|api_key)["']?\s*:\s*)\S.*`)
	topLevelKey   = regexp.MustCompile(`^["']?[A-Za-z_]+["']?\s*:`)
	beginning     = regexp.MustCompile(`^\s*(?:[A-Za-z_]+:(?: |$))?`) // of a line: its key
	harmlessAlarm = regexp.MustCompile(`^\s*(?:#.*|(?:after|well)\s*:[^{}\[\]]*)?$`)
)

// withoutSecrets gives the lines of a YAML with "…" for what may be a secret: passwords in
// addresses, values of keys named for secrets, and whatever alarm tells people by, where
// an address or an argument often is one.
func withoutSecrets(yaml string) []string {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(yaml, "\r\n", "\n"), "\n"), "\n")
	inAlarm := false
	for i, line := range lines {
		if topLevelKey.MatchString(line) {
			inAlarm = strings.HasPrefix(strings.TrimLeft(line, `"'`), "alarm")
			if key, value, _ := strings.Cut(line, ":"); inAlarm && strings.TrimSpace(value) != "" {
				lines[i] = key + ": …"
			}
			if inAlarm {
				continue
			}
		}
		if inAlarm && !harmlessAlarm.MatchString(line) {
			lines[i] = beginning.FindString(line) + "…"
			continue
		}
		lines[i] = secretKey.ReplaceAllString(passwordInURL.ReplaceAllString(line, "$1:…@"), "$1…")
	}
	return lines
}
