package main

import (
	"context"

	"github.com/spf13/cobra"

	"bantin/publish/syndicate"
)

// feedCommands are the subcommands of `bantin feeds`.
type feedCommands struct{ *app }

func (a feedCommands) command() *cobra.Command {
	export := &cobra.Command{
		Use:     "export DIR",
		Short:   a.text("Ghi mọi nguồn tin thành tệp tĩnh dưới thư mục DIR", "Write every feed as static files under DIR"),
		Example: asTyped("bantin feeds export /var/www/nguon-tin"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.exportFeeds(ctx, w, args[0]) }),
	}
	return a.group("feeds", "Nguồn tin ra tệp tĩnh", "Export feeds as static files", export)
}

func (a feedCommands) exportFeeds(ctx context.Context, w *deps, dir string) error {
	feeds, err := w.feeds(ctx)
	if err != nil {
		return err
	}
	if _, err := (&syndicate.ListIndexer{DB: w.db, Atlas: w.atlas}).Index(ctx); err != nil {
		return err
	}
	if _, err := feeds.Refresh(ctx); err != nil {
		return err
	}
	done, err := (&syndicate.Exporter{Feeds: feeds, Dir: dir}).Export(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(done)
	}
	a.say("%d tệp trong %s, %d tệp được ghi mới", "%d files in %s, %d written", done.Documents, dir, done.Written)
	return nil
}
