// Command bantin reads an association's bulletins, publishes them as feeds and
// mails a digest of them. See the package comment of bantin for a tour.
//
// A subcommand is a file here: flags, wiring and words for people, nothing
// else. Exit status: 0 done, 1 failed, 2 wrong usage or configuration.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	_ "time/tzdata" // zones are the same on every machine

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice does not want to wait for the message in hand
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main with its surroundings given.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := &app{out: stdout, err: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return a.exit(root.ExecuteContext(ctx))
}

// app is what all subcommands share.
type app struct {
	out, err io.Writer
	config   string // path of the YAML file
	lang     string // of what people read; "" for the site's
	json     bool
	warnings bool            // show what is doubtful in the YAML too, but for a trial
	language bantin.Language // as lang and the configuration decide
	programs *slog.Logger    // where standard error is read by programs: takes what people would be told there
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "bantin",
		Short:         "Bản tin: feeds and mailed digests of an association's bulletins",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&a.config, "config", "c", "bantin.yaml", "the configuration `FILE`")
	flags.StringVar(&a.lang, "lang", "", "language of what people read: vi or en (default: the site's)")
	flags.BoolVar(&a.json, "json", false, "print JSON, one object a line where a list is long")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return a.chooseLanguage("") }
	root.AddCommand(a.commands()...)
	return root
}

// version is what the program was built from, as Go noted it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version + " " + info.GoVersion
}

// commands are all subcommands, in the order in which help shows them.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.initCommand(), a.checkCommand(), a.runCommand(),
		a.collectCommand(), a.sourcesCommand(), a.bulletinsCommand(), a.feedsCommand(),
		a.contactsCommand(), a.digestCommand(), a.editionsCommand(), a.deliveriesCommand(),
		a.suppressionsCommand(), a.bounceCommand(), a.dkimCommand(), a.backupCommand(), a.databaseCommand(),
	}
}

// chooseLanguage settles the language: --lang, else the site's, else Vietnamese.
func (a *app) chooseLanguage(site bantin.Language) error {
	a.language = bantin.Vietnamese
	if site.Known() {
		a.language = site
	}
	if a.lang == "" {
		return nil
	}
	l := bantin.Language(a.lang)
	if !l.Known() {
		return &usageError{fmt.Errorf("--lang %q: want vi or en", a.lang)}
	}
	a.language = l
	return nil
}

// usageError is a mistake of the command line, configError one of the YAML
// file that was reported already, failure a failure that was told already.
type (
	usageError  struct{ error }
	configError struct{ error }
	failure     struct{ error }
)

func (e *usageError) Unwrap() error  { return e.error }
func (e *configError) Unwrap() error { return e.error }
func (e *failure) Unwrap() error     { return e.error }

// exit prints an error that was not told yet and gives the exit status.
func (a *app) exit(err error) int {
	var usage *usageError
	var conf *configError
	var told *failure
	var temporary *temporaryError
	switch {
	case errors.As(err, &temporary):
		a.exit(temporary.error)
		return exitTempFail
	case err == nil:
		return 0
	case errors.As(err, &conf):
		return 2
	case errors.As(err, &usage):
		fmt.Fprintln(a.err, "bantin:", err)
		return 2
	case errors.As(err, &told):
		return 1
	case isUsage(err):
		fmt.Fprintln(a.err, "bantin:", err)
		return 2
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
	if a.programs == nil {
		return report.Write(a.err, a.language)
	}
	for _, p := range report.Problems {
		level := slog.LevelError
		if p.Warning {
			level = slog.LevelWarn
		}
		a.programs.Log(context.Background(), level, "the configuration has a problem", "file", p.File, "line", p.Line, "column", p.Column,
			"problem", p.Message.In(a.language), "hint", p.Hint.In(a.language))
	}
	return nil
}
