package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bantin"
	"bantin/schedule"
)

// usageError is a mistake of the command line.
type usageError struct{ words bantin.Words }

func (e *usageError) Error() string { return e.words.EN }

// wrongUsage says what is wrong with the command line; both wordings take the
// same values.
func wrongUsage(vi, en string, values ...any) error {
	return &usageError{bantin.Words{VI: fmt.Sprintf(vi, values...), EN: fmt.Sprintf(en, values...)}}
}

// dayFlag reads the day that a flag names.
func dayFlag(flag, text string) (bantin.Day, error) {
	day, err := bantin.ParseDay(text)
	if err != nil {
		return day, wrongUsage("%s %q: viết một ngày như 2026-11-23", "%s %q: want a day such as 2026-11-23", flag, text)
	}
	return day, nil
}

// flagError says in both languages what the flags' own reader found.
func flagError(_ *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var duration *schedule.Error
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			name = "-" + unknown.GetSpecifiedName()
		}
		return wrongUsage("không có tùy chọn %s", "unknown flag: %s", name)
	case errors.As(err, &empty):
		return wrongUsage("tùy chọn --%s cần một giá trị", "flag needs an argument: --%s", empty.GetFlag().Name)
	case errors.As(err, &invalid) && errors.As(err, &duration):
		flag := "--" + invalid.GetFlag().Name + " "
		return &usageError{bantin.Words{VI: flag + duration.In(bantin.Vietnamese), EN: flag + duration.In(bantin.English)}}
	case errors.As(err, &invalid):
		return wrongUsage("--%s không nhận %q: %v", "--%s does not take %q: %v", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())
	}
	return wrongUsage("%v", "%v", err)
}

// checkArguments holds what was given against the names behind the command in
// its Use: ID, [DIR], FILE..., [SOURCE...].
func checkArguments(cmd *cobra.Command, args []string) error {
	least, most, names := 0, 0, argumentsOf(cmd)
	for _, name := range names {
		most++
		if !strings.HasPrefix(name, "[") {
			least++
		}
		if strings.Contains(name, "...") {
			most = len(args) + least
		}
	}
	line := strings.TrimSuffix(cmd.UseLine(), " [flags]")
	switch {
	case len(args) < least:
		return wrongUsage("thiếu %s: viết `%s`, hoặc xem `%s --help`", "%s is missing: write `%s`, or see `%s --help`", names[len(args)], line, cmd.CommandPath())
	case len(args) > most:
		return wrongUsage("%q là thừa: viết `%s`, hoặc xem `%s --help`", "%q is unexpected: write `%s`, or see `%s --help`", args[most], line, cmd.CommandPath())
	}
	return nil
}

// argumentsOf are the names of a command's arguments, without its flags and
// their values.
func argumentsOf(cmd *cobra.Command) []string {
	var names []string
	words := strings.Fields(cmd.Use)[1:]
	for i := 0; i < len(words); i++ {
		name, isFlag := strings.CutPrefix(words[i], "--")
		if !isFlag {
			names = append(names, name)
			continue
		}
		if f := cmd.Flags().Lookup(name); f != nil && f.NoOptDefVal == "" {
			i++ // its value stands behind it
		}
	}
	return names
}

// missingSubcommand says that a command that only has subcommands was given none of them.
func missingSubcommand(cmd *cobra.Command, args []string) error {
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	there, path := strings.Join(names, ", "), cmd.CommandPath()
	if len(args) == 0 {
		return wrongUsage("hãy chọn %s; xem `%s --help`", "choose one of %s; see `%s --help`", there, path)
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return wrongUsage("%q không có lệnh %q: có phải là %s? xem `%[1]s --help`", "%q has no command %q: did you mean %s? See `%[1]s --help`",
			path, args[0], strings.Join(near, ", "))
	}
	return wrongUsage("%q không có lệnh %q: có %s", "%q has no command %q; known: %s", path, args[0], there)
}
