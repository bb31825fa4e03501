package main

import "github.com/spf13/cobra"

// root makes the whole tree of commands, in the language of a.
func (a *app) root() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:           "bantin",
		Short:         a.text("Bản tin của một hội: đọc, đăng thành trang web và nguồn tin, gửi bản tin tổng hợp theo lịch", "Publish an association's bulletins as pages, feeds and mailed digests"),
		Example:       asTyped("bantin init tin-hoi", "bantin run --config tin-hoi/bantin.yaml"),
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return missingSubcommand(cmd, args)
			case version:
				return a.version()
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVarP(&version, "version", "v", false, a.text("cho biết bản nào của chương trình", "print the version"))
	a.flagsOfAll(root)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(a.help)
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if err := a.chooseLanguage(""); err != nil || cmd.Args != nil {
			return err
		}
		return checkArguments(cmd, args)
	}
	a.addCommands(root)
	return root
}

// flagsOfAll are the flags that every command takes.
func (a *app) flagsOfAll(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVarP(&a.config, "config", "c", "bantin.yaml", a.text("tệp cấu hình `FILE`", "configuration `FILE`"))
	flags.StringVar(&a.lang, "lang", a.lang, a.text("tiếng của những gì người đọc: `LANG` là vi hoặc en (nếu không ghi: theo trang tin)", "output language: `LANG` is vi or en (default: the site's)"))
	flags.BoolVar(&a.json, "json", false, a.text("in JSON, danh sách dài thì mỗi dòng một mục", "print JSON, one object per line in lists"))
	flags.BoolP("help", "h", false, a.text("giải thích lệnh", "show this help"))
	flags.Lookup("lang").DefValue = "" // what was asked for is no default of the command
	completeValues(root, "lang", "vi", "en")
}

// addCommands adds all subcommands, in the order in which help shows them.
func (a *app) addCommands(root *cobra.Command) {
	for _, g := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{a.text("Bắt đầu:", "Getting started:"), []*cobra.Command{initCommand{a}.command(), checkCommand{a}.command(), runCommand{a}.command()}},
		{a.text("Tin và nguồn tin:", "Bulletins and feeds:"), []*cobra.Command{collectCommand{a}.command(), sourcesCommand{a}.command(), bulletinCommands{a}.command(), feedCommands{a}.command()}},
		{a.text("Người nhận và thư:", "Contacts and mail:"), []*cobra.Command{
			contactCommands{a}.command(), requestCommands{a}.command(), digestCommands{a}.command(), editionCommands{a}.command(), deliveryCommands{a}.command(), suppressionCommands{a}.command(), bounceCommands{a}.command(), dkimCommands{a}.command()}},
		{a.text("Vận hành:", "Operation:"), []*cobra.Command{doctorCommand{a}.command(), officeCommands{a}.command(), statsCommand{a}.command(), auditCommand{a}.command(), alarmCommands{a}.command(), backupCommand{a}.command(), restoreCommand{a}.command(), databaseCommands{a}.command()}},
		{a.text("Trợ giúp:", "Help:"), []*cobra.Command{a.versionCommand(), a.completionCommand(), a.manCommand()}},
	} {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.title
			root.AddCommand(c)
		}
	}
	root.AddCommand(a.rehearsalCommand())
	root.SetHelpCommand(a.helpCommand())
}
