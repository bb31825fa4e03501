package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bantin/config"
)

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: a.text("In đoạn mã để Tab điền nốt lệnh: bash, zsh, fish, powershell", "Generate shell completions for bash, zsh, fish or powershell"),
		Example: asTyped(
			"bantin completion bash | sudo tee /etc/bash_completion.d/bantin",
			"bantin completion zsh > \"${fpath[1]}/_bantin\""),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch root := cmd.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.document(), true)
			case "zsh":
				return root.GenZshCompletion(a.document())
			case "fish":
				return root.GenFishCompletion(a.document(), true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.document())
			}
			return wrongUsage("không biết %q: có %s", "unknown shell %q; known: %s", args[0], strings.Join(shells, ", "))
		},
	}
}

// A completer gives what Tab offers for an argument.
type completer = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// completes offers ids of the configuration, each once, for as many arguments
// as the command takes.
func (a *app) completes(most int, ids func(*config.Config) []string) completer {
	return func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(given) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		c, _ := config.Load(a.config)
		list := slices.DeleteFunc(ids(c), func(id string) bool { return slices.Contains(given, id) })
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}

func digestIDs(c *config.Config) []string {
	var ids []string
	for i := range c.Digests {
		ids = append(ids, c.Digests[i].ID)
	}
	return ids
}

func sourceIDs(c *config.Config) []string {
	var ids []string
	for i := range c.Sources {
		ids = append(ids, c.Sources[i].ID)
	}
	return ids
}

// completeValues has Tab complete the value of a flag.
func completeValues(c *cobra.Command, flag string, words ...string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag is not there: a slip that every test finds
	}
}
