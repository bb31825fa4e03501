// Command bantin reads an association's bulletins, publishes them as feeds and
// mails a digest of them. See the package comment of bantin for a tour.
//
// A subcommand is a file here: flags, wiring and words for people, nothing
// else. Exit status: 0 done, 1 failed, 2 wrong usage or configuration; of what a
// mail server runs 75 for whatever is not 0.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"
	_ "time/tzdata" // zones are the same on every machine

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
)

func main() {
	cobra.EnableCommandSorting = false // help shows them in the order in which they are needed
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main with its surroundings given.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &stdoutWriter{w: stdout}
	shown, told := newTerminalWriter(out), newTerminalWriter(stderr)
	a := &app{printer: printer{out: shown, err: told}, lang: languageAsked(args)}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(shown)
	root.SetErr(told)
	command, err := root.ExecuteContextC(ctx)
	if failure := errors.Join(shown.flush(), told.flush()); err == nil {
		err = failure
	}
	if err == nil && out.err != nil {
		err = fmt.Errorf("print the results: %w", out.err)
	}
	status := a.exit(err)
	if status != 0 && command.Annotations[ofMailServer] != "" {
		return exitTempFail
	}
	return status
}

// app is what all subcommands share.
type app struct {
	printer
	config             string       // path of the YAML file
	lang               string       // --lang; "" for the site's language
	forMailServer      bool         // a mail server runs the command, and logs what it says
	warnings           bool         // show what is doubtful in the YAML too, but for a trial
	languageFromConfig bool         // it is the configuration that did
	jsonLog            *slog.Logger // where standard error is read by programs: takes what people would be told there
}

// chooseLanguage settles the language: --lang, else the site's, else that of
// the surroundings, else Vietnamese.
func (a *app) chooseLanguage(site bantin.Language) error {
	a.language = cmp.Or(localeLanguage(), bantin.Vietnamese)
	if a.languageFromConfig = site.Known(); a.languageFromConfig {
		a.language = site
	}
	if a.lang == "" {
		return nil
	}
	l := bantin.Language(a.lang)
	if !l.Known() {
		return wrongUsage("--lang %q: chỉ có vi hoặc en", "--lang %q: want vi or en", a.lang)
	}
	a.language = l
	return nil
}

// configError is a mistake of the YAML file that was reported already, failure
// a failure that was told already.
type (
	configError struct{ error }
	toldError   struct{ error }
)

func (e *configError) Unwrap() error { return e.error }
func (e *toldError) Unwrap() error   { return e.error }

// exit prints an error that was not told yet and gives the exit status.
func (a *app) exit(err error) int {
	var usage *usageError
	var conf *configError
	var told *toldError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &conf):
		return 2
	case errors.As(err, &usage):
		if !a.languageFromConfig {
			a.language = a.languageBeforeConfig()
		}
		fmt.Fprintln(a.err, "bantin:", usage.words.In(a.language))
		return 2
	case errors.As(err, &told):
		return 1
	}
	fmt.Fprintln(a.err, "bantin:", a.explain(err))
	return 1
}

// loadConfig reads the YAML file and reports what is wrong with it. Warnings
// stop nothing; alone they are for `check` and `run` to show.
func (a *app) loadConfig() (*config.Config, error) {
	c, report := config.Load(a.config)
	if err := a.chooseLanguage(c.Site.Language); err != nil {
		return nil, err
	}
	report.Problems = slices.DeleteFunc(report.Problems, func(p config.Problem) bool { return p.Trial })
	wrong := report.Err()
	if wrong != nil || a.warnings {
		if err := a.tell(report); err != nil {
			return nil, err
		}
	}
	if wrong != nil {
		return nil, &configError{wrong}
	}
	return c, nil
}

// tell reports what is wrong with the configuration.
func (a *app) tell(report *config.Report) error {
	if a.jsonLog == nil {
		return report.Write(a.err, a.language)
	}
	for _, p := range report.Problems {
		level := slog.LevelError
		if p.Warning {
			level = slog.LevelWarn
		}
		a.jsonLog.Log(context.Background(), level, "the configuration has a problem", "file", p.File, "line", p.Line, "column", p.Column,
			"problem", p.Message.In(a.language), "hint", p.Hint.In(a.language))
	}
	return nil
}
