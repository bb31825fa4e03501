package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
)

// text is what help says of a command or a flag. It is chosen when the command
// is made; who asks for help gets commands that are made anew, see help.
func (p *printer) text(vi, en string) string { return p.language.Say(vi, en) }

// asTyped are the lines of an example.
func asTyped(lines ...string) string { return strings.Join(lines, "\n") }

// group makes a command that only has subcommands.
func (a *app) group(use, vi, en string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: a.text(vi, en), Args: cobra.ArbitraryArgs, RunE: missingSubcommand}
	c.AddCommand(subs...)
	return c
}

// localeLanguage is the language of the surroundings (POSIX 8.2); "" where they
// say nothing or another.
func localeLanguage() bantin.Language {
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG"))
	if len(locale) >= 2 && bantin.Language(locale[:2]).Known() {
		return bantin.Language(locale[:2])
	}
	return ""
}

// languageBeforeConfig is for what is said before the configuration is read: the
// language of --lang, else of the site if there is one here, else of the
// surroundings. Who has none of these reads English.
func (a *app) languageBeforeConfig() bantin.Language {
	if l := bantin.Language(a.lang); l.Known() {
		return l
	}
	if c, _ := config.Load(a.config); c.Site.Language.Known() {
		return c.Site.Language
	}
	return cmp.Or(localeLanguage(), bantin.English)
}

// languageAsked is the value of --lang, wherever it stands: what is wrong with
// the flags before it is said in that language too.
func languageAsked(args []string) string {
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			return value
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// help shows a command in the language of who asks, which is known only now.
func (a *app) help(asked *cobra.Command, _ []string) {
	a.language = a.languageBeforeConfig()
	c, _, err := a.root().Find(strings.Fields(asked.CommandPath())[1:])
	if err != nil {
		c = asked
	}
	fmt.Fprintf(a.out, "%s\n\n", cmp.Or(c.Long, c.Short))
	a.showUsage(a.out, c)
}

func (a *app) showUsage(w io.Writer, c *cobra.Command) {
	fmt.Fprintln(w, a.text("Cách dùng:", "Usage:"))
	if c.HasSubCommands() {
		fmt.Fprintf(w, "  %s %s\n", c.CommandPath(), a.text("LỆNH", "COMMAND"))
	} else {
		fmt.Fprintln(w, " ", strings.Replace(c.UseLine(), "[flags]", a.text("[tùy chọn]", "[flags]"), 1))
	}
	if c.Example != "" {
		fmt.Fprintf(w, "\n%s\n  %s\n", a.text("Ví dụ:", "Examples:"), strings.ReplaceAll(c.Example, "\n", "\n  "))
	}
	for _, g := range append(c.Groups(), &cobra.Group{Title: a.text("Lệnh:", "Commands:")}) {
		showCommands(w, g, c.Commands())
	}
	// The library writes the word before a default itself.
	flags := strings.NewReplacer("(default ", a.text("(mặc định ", "(default "))
	if own := c.LocalNonPersistentFlags(); own.HasAvailableFlags() {
		fmt.Fprintf(w, "\n%s\n%s", a.text("Tùy chọn:", "Flags:"), flags.Replace(own.FlagUsages()))
	}
	fmt.Fprintf(w, "\n%s\n%s", a.text("Tùy chọn của mọi lệnh:", "Global flags:"), flags.Replace(c.Root().PersistentFlags().FlagUsages()))
	if c.HasSubCommands() {
		fmt.Fprintf(w, "\n"+a.text("Xem từng lệnh: %s LỆNH --help", "Help for a command: %s COMMAND --help")+"\n", c.CommandPath())
	}
}

func showCommands(w io.Writer, g *cobra.Group, commands []*cobra.Command) {
	begun := false
	for _, c := range commands {
		if c.GroupID != g.ID || c.Hidden {
			continue
		}
		if !begun {
			fmt.Fprintf(w, "\n%s\n", g.Title)
			begun = true
		}
		fmt.Fprintf(w, "  %-*s %s\n", c.NamePadding(), c.Name(), c.Short)
	}
}

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: a.text("Giải thích một lệnh", "Show help for a command"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) == 0 {
				return c.Help()
			}
			return missingSubcommand(c, rest)
		},
	}
}
