package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/clock"
	"bantin/picture"
	"bantin/publish"
	"bantin/publish/alarm"
	"bantin/publish/collect"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/publish/syndicate"
	"bantin/store"
	"bantin/web"
)

// runFlags are the flags of `bantin run`.
type runFlags struct {
	logFormat string
	verbose   bool
}

// runCommand is `bantin run`, the daemon.
type runCommand struct{ *app }

func (a runCommand) command() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:     "run",
		Short:   a.text("Chạy thường trực: đọc nguồn, mở trang web và nguồn tin, gửi thư theo lịch", "Run the daemon: read sources, serve pages and feeds, mail digests"),
		Example: asTyped("bantin run --config /etc/bantin/bantin.yaml --log json"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.daemon(cmd.Context(), f) },
	}
	c.Flags().StringVar(&f.logFormat, "log", "text", a.text("nhật ký ra đầu lỗi chuẩn, dạng `FORMAT`: text hoặc json", "log `FORMAT` on standard error: text or json"))
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, a.text("ghi nhiều hơn: cả địa chỉ và kết nối", "log more, including addresses and connections"))
	return c
}

// logger makes the one log of the process.
func (a runCommand) logger(f runFlags) (*slog.Logger, error) {
	opt := &slog.HandlerOptions{Level: slog.LevelInfo}
	if f.verbose {
		opt.Level = slog.LevelDebug
	}
	switch f.logFormat {
	case "text":
		return slog.New(outageHandler{hintHandler{slog.NewTextHandler(a.err, opt), a.app}, &outage{}}), nil
	case "json":
		opt.ReplaceAttr = inSeconds
		a.jsonLog = slog.New(outageHandler{hintHandler{slog.NewJSONHandler(a.err, opt), a.app}, &outage{}})
		return a.jsonLog, nil
	}
	return nil, wrongUsage("--log %q: chỉ có text hoặc json", "--log %q: want text or json", f.logFormat)
}

// inSeconds writes durations as seconds, where slog writes nanoseconds for programs.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}

// gcPercent lets the heap grow to five times what lives in it, some tens of
// megabytes, before it is collected: answers to polls are nearly all the
// garbage there is, and collecting it four times as often took a tenth of the
// processor time of each.
const gcPercent = 400

// daemon runs until ctx ends; SIGHUP has it read the configuration again. The
// address is bound before anything else moves, so that a port in use is told
// at once; it answers when the feeds are built.
func (a runCommand) daemon(ctx context.Context, f runFlags) (err error) {
	outlivePipes()
	hangup := make(chan os.Signal, 1)
	notifyHangup(hangup)
	defer signal.Stop(hangup)
	log, err := a.logger(f)
	if err != nil {
		return err
	}
	b := builtFrom()
	log.Info("starting", "version", b.Version, "revision", b.Revision, "go", b.Go)
	a.warnings = true
	w, err := a.open(ctx, log)
	if err != nil {
		a.alarmStart(ctx, log, err)
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	last, err := a.serve(ctx, w, hangup)
	return errors.Join(err, last.close())
}

// serve takes what one daemon alone may have, its data directory and its
// ports, and works one shift after the other. It gives the last one, whose
// database is still open.
func (a runCommand) serve(ctx context.Context, w *deps, hangup <-chan os.Signal) (last *generation, err error) {
	w.clock = clock.New(clock.Options{Log: w.log})
	last = &generation{deps: w}
	passed, err := passedSockets()
	if err != nil {
		return last, err
	}
	defer passed.close()
	lock, err := w.db.Nodes().LockDaemon(fmt.Sprintf("pid %d, %s", os.Getpid(), w.config.HTTP.Listen))
	if err != nil {
		return last, err
	}
	defer lock.Close()
	if err := a.beginMailing(ctx, w); err != nil && !errors.As(err, new(*delivery.HeldError)) {
		return last, err // that mailing is held the daemon says itself, and does all else
	}
	listener, err := passed.listen("http.listen", w.config.HTTP.Listen)
	if err != nil {
		return last, err
	}
	pages := newServer(w.log, listener)
	defer func() { err = errors.Join(err, pages.stop()) }()
	metrics, err := metricsServer(w, passed)
	if err != nil {
		return last, err
	}
	defer func() { err = errors.Join(err, metrics.stop()) }()
	people, err := officeServer(w, passed)
	if err != nil {
		return last, err
	}
	defer func() { err = errors.Join(err, people.stop()) }()
	a.serving(w, listener, w.log)
	defer pages.giveSignsOfLife(w.log)()
	if last, err = w.start(ctx); err != nil {
		a.alarmStart(ctx, w.log, err)
		return &generation{deps: w}, err
	}
	a.alarmConfig(ctx, last, nil) // one that was refused at a reload was corrected since
	for {
		next, err := a.runUntilReload(ctx, last, servers{pages, metrics, people}, hangup)
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // it was stopped while it started
		}
		if next == nil || err != nil {
			w.log.Info("stopped: the messages in hand are finished")
			return last, err
		}
		last = next
	}
}

// loops puts together what the daemon does.
func (w *deps) loops(ctx context.Context, node *store.Node) (*publish.Daemon, error) {
	alarms := w.alarms()
	watch := w.clockWatch()
	watch.Alarms = alarms
	if err := watch.Begin(ctx); err != nil { // before stored times are read
		return nil, err
	}
	feeds, err := w.feeds(ctx)
	if err != nil {
		return nil, err
	}
	courier, err := w.deliverer(node.Name)
	if err != nil {
		return nil, err
	}
	d := &publish.Daemon{
		DB: w.db, Log: w.log, Collector: w.collector(), Feeds: feeds, Digests: w.digests, Deliverer: courier,
		ListIndexer:  &syndicate.ListIndexer{DB: w.db, Atlas: w.atlas},
		NoticeSender: w.noticeSender(courier),
		Planner:      &edition.Planner{Editor: w.editor, DB: w.db, Log: w.log, Now: w.now, Sure: w.clock.Sure, Host: w.host()},
		Importer:     w.importer(), Contacts: w.config.Contacts, Now: w.now, Clock: watch,
		WebSubNotifier: w.notifier(), Returns: w.returns(),
		Alarms: alarms, Probe: &alarm.Probe{Alarms: alarms, Dir: w.config.Data}, ExportName: w.host(),
	}
	d.Journal = &store.Journal{DB: w.db, Secret: w.tokens.ErasedKey(), Fingerprint: w.tokens.Fingerprint()}
	d.Examine, d.Language = w.examine, w.site.Language
	d.Pruner = &publish.Pruner{Deliveries: w.config.Keep.Deliveries.Std(), Bounces: w.config.Keep.Bounces.Std(),
		Addresses: w.config.Keep.Addresses.Std(), Digests: w.audiences, Secret: w.tokens.ErasedKey(),
		Today: func() bantin.Day { return bantin.DayOf(w.now().In(w.site.Location)) }}
	d.Statistician = &publish.Statistician{Zone: w.site.Location}
	d.ReaderLog = &syndicate.ReaderLog{DB: w.db, Log: w.log, Readers: w.readers, Now: w.now, Zone: w.site.Location, Sure: w.clock.Sure}
	if d.Certificates, err = w.certificates(); err != nil {
		return nil, err
	}
	if d.Inbox, err = w.inbox(); err != nil {
		return nil, err
	}
	if dir := w.config.Export; dir != "" {
		d.Exporter = &syndicate.Exporter{Feeds: feeds, Dir: dir}
	}
	for i := range w.config.Sources {
		s := &w.config.Sources[i]
		if s.Due == nil {
			continue // read by `bantin collect` alone
		}
		reading, err := w.reading(s, readOptions{})
		if err != nil {
			return nil, err
		}
		d.Sources = append(d.Sources, collect.ScheduledSource{Reading: reading, Schedule: s.Due})
	}
	return d, nil
}

// handler makes the pages and feeds.
func (w *deps) handler(d *publish.Daemon, hooks map[string]*web.Webhook) http.Handler {
	return web.New(web.Options{
		Site: w.site, Store: w.db, Templates: w.templates, Atlas: w.atlas, Tokens: w.tokens,
		Feeds: w.library, FeedList: d.Feeds.List, Digests: w.subscribable(), RenamedDigests: w.renamedDigests(), RenamedFeeds: w.renamedFeeds(),
		Images: w.pictures.FS(), Crop: w.pictures.Crop, Files: web.Files{FS: w.files.FS(), Type: picture.FileType}, Log: w.log, TrustedProxies: w.config.HTTP.Proxies(), InAudience: w.isRecipient, Webhooks: hooks, Readers: w.readers, Ready: d.Ready, Writable: d.Probe.Writable, Now: w.now,
	})
}

// serving says where to look; in a log for programs that is a line like others.
func (a runCommand) serving(w *deps, listener net.Listener, log *slog.Logger) {
	if a.jsonLog != nil {
		log.Info("serving", "listen", listener.Addr().String(), "site", w.site.URL)
		return
	}
	a.welcome(w, listener)
}

// welcome says where to look.
func (a runCommand) welcome(w *deps, listener net.Listener) {
	base := w.site.URL
	a.note("", "")
	a.note("  Trang tin         %s/", "  Bulletins     %s/", base)
	a.note("  Nguồn tin         %s/feeds", "  Feeds         %s/feeds", base)
	if w.config.SMTP == nil {
		a.note("  Thư đi            %s (không có `smtp:` nên thư được ghi ra tệp, không gửi đi)",
			"  Mail          %s (no `smtp:`, so mail is written to files and not sent)", filepath.Join(w.config.Data, "outbox"))
	} else {
		a.note("  Thư đi            %s:%d", "  Mail          %s:%d", w.config.SMTP.Host, w.config.SMTP.Port)
	}
	for _, d := range w.digests {
		if d.Schedule == nil {
			continue
		}
		if d.Schedule.OnNews() {
			a.note("  Bản tin tổng hợp  %s: ngay khi có tin mới", "  Digest        %s: when there is news", d.ID)
			continue
		}
		a.note("  Bản tin tổng hợp  %s: kỳ tới %s", "  Digest        %s: next at %s", d.ID, a.formatTime(w.nextDue(context.Background(), d), d.Schedule.Location()))
	}
	a.note("  Lắng nghe         %s — dừng bằng Ctrl-C", "  Listening on  %s — stop with Ctrl-C", listener.Addr())
	a.note("", "")
}
