package publish

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wneessen/go-mail"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/feed"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/source"
	"bantin/store"
)

// The figures of docs/benchmarks.md. Each benchmark measures what it is
// compared with in the same run and reports the ratio.

// TestMain turns the test binary into the other processes of a benchmark.
func TestMain(m *testing.M) {
	switch os.Getenv("BANTIN_BENCH") {
	case "sink":
		runSink()
		return
	case "far":
		runFar()
		return
	case "deliver":
		runDeliver()
		return
	case "import", "plain":
		runImport(os.Getenv("BANTIN_BENCH"))
		return
	}
	os.Exit(postgres.Main(m))
}

func small(short, full int) int {
	if testing.Short() {
		return short
	}
	return full
}

const paragraph = "Hội Khuyến học tỉnh Phú Thọ phối hợp với Sở Giáo dục và Đào tạo tổ chức hội nghị " +
	"tổng kết phong trào xây dựng xã hội học tập; các cấp hội đã trao 1.250 suất học bổng cho học sinh nghèo vượt khó.\n\n"

// Collecting a folder for the first time, stored and durable, against reading
// and NFC-normalising the same files.
func BenchmarkCollect(b *testing.B) {
	n := small(300, 10_000)
	dir := b.TempDir()
	var names []string
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("%d.md", i))
		text := fmt.Sprintf("---\ntitle: Tin số %d của Hội Khuyến học\ndate: 2026-03-05\n---\n\n%s", i, strings.Repeat(paragraph, 12+i%16))
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	var collected, plain time.Duration
	for b.Loop() {
		start := time.Now()
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			norm.NFC.Bytes(raw)
		}
		plain += time.Since(start)
		o := newOffice(b)
		src, err := source.Open(source.Spec{ID: "van-phong", Kind: "folder", Path: dir, Rest: time.Nanosecond})
		if err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		c := Collector{DB: o.db, Log: o.log(), Atlas: o.atlas}
		done, err := c.Collect(b.Context(), &Reading{Source: src})
		if err != nil || len(done.Added) != n {
			b.Fatal(len(done.Added), err)
		}
		collected += time.Since(start)
	}
	b.ReportMetric(float64(collected)/float64(plain), "x-read-and-NFC")
}

// fill stores n bulletins of two places, so that a hundred fill both their feeds.
func (o *office) fill(n int) {
	o.t.Helper()
	places := []string{"phu-tho", "can-tho"}
	var batch []store.Arrival
	for i := range n {
		id := fmt.Sprintf("tin-%d", i)
		b := &bantin.Bulletin{ID: id, Source: "van-phong", SourceID: id, Title: "Tin số " + id, Lead: "Phong trào khuyến học.", Text: paragraph, HTML: "<p>" + paragraph + "</p>", Places: places[i%2 : i%2+1], Published: o.now()}
		batch = append(batch, store.Arrival{Source: "van-phong", Item: id, Version: "1", Digest: id, Identity: "file:van-phong/" + id, Bulletin: b, Tags: o.atlas.Tags(b)})
		if len(batch) == 500 || i == n-1 {
			if _, err := o.db.Bulletins().Store(context.Background(), batch, store.Rules{SameStory: sameStory, FeedID: source.FeedID}); err != nil {
				o.t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}

func (o *office) feeds(plans ...FeedPlan) *Feeds {
	return &Feeds{DB: o.db, Log: o.log(), Site: o.site, Atlas: o.atlas, Plans: plans, Library: &feed.Library{}}
}

// Building one feed of 50 entries among many bulletins, against the same among
// few; and being ready to serve.
func BenchmarkFeedsAmongMany(b *testing.B) {
	few, many := newOffice(b), newOffice(b)
	few.fill(100)
	many.fill(small(2_000, 100_000))
	all := FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Tất cả", Limit: 50}}
	own := FeedPlan{Feed: bantin.Feed{ID: "phu-tho", Title: "Phú Thọ", Limit: 50, Select: bantin.Selection{Places: []string{"phu-tho"}}}}
	each := FeedPlan{Feed: bantin.Feed{ID: "tinh", Title: "Tỉnh", Limit: 50}, Per: PerPlace}
	for _, test := range []struct {
		name  string
		plans []FeedPlan
	}{{"one", []FeedPlan{all}}, {"place", []FeedPlan{own}}, {"ready", []FeedPlan{all, own, each}}} {
		b.Run(test.name, func(b *testing.B) {
			var short, long time.Duration
			build := func(o *office) time.Duration {
				start := time.Now()
				if _, err := o.feeds(test.plans...).Refresh(b.Context()); err != nil {
					b.Fatal(err)
				}
				return time.Since(start)
			}
			build(few)
			build(many)
			for b.Loop() {
				short += build(few)
				long += build(many)
			}
			b.ReportMetric(float64(long)/float64(short), "x-few")
		})
	}
}

// The time from a stored bulletin to its being served, among many bulletins and
// 64 feeds, against among a thousand; and how many feeds are written for it.
func BenchmarkNewBulletin(b *testing.B) {
	few, many := newOffice(b), newOffice(b)
	few.fill(1_000)
	many.fill(small(3_000, 100_000))
	var plans []FeedPlan
	for i, slug := range slices.Concat([]string{"", "phu-tho", "can-tho"}, strings.Split(strings.Repeat("ha-noi ", 61), " ")[:61]) {
		plan := FeedPlan{Feed: bantin.Feed{ID: fmt.Sprintf("tin-%d", i), Title: "Bản tin", Limit: 50}}
		if slug != "" {
			plan.Select.Places = []string{slug}
		}
		plans = append(plans, plan)
	}
	var short, long time.Duration
	var written int
	served := func(o *office, f *Feeds, i int) time.Duration {
		title := fmt.Sprintf("Phú Thọ trao học bổng lần thứ %d", i)
		o.tin(fmt.Sprintf("moi-%d", i), title, "phu-tho")
		start := time.Now()
		n, err := f.Refresh(b.Context())
		took := time.Since(start)
		if written = n; err != nil || !strings.Contains(string(f.Library.Get("/feeds/tin-1.json").Body), title) {
			b.Fatal("not served", err)
		}
		return took
	}
	among := func(o *office) *Feeds {
		f := o.feeds(plans...)
		if n, err := f.Refresh(b.Context()); n != 64 || err != nil {
			b.Fatal(n, err)
		}
		return f
	}
	fewFeeds, manyFeeds := among(few), among(many)
	for i := 0; b.Loop(); i++ {
		short += served(few, fewFeeds, i)
		long += served(many, manyFeeds, i)
	}
	b.ReportMetric(float64(long)/float64(short), "x-thousand")
	b.ReportMetric(float64(long.Milliseconds())/float64(b.N), "ms")
	b.ReportMetric(float64(written), "feeds-written")
}

// From a stored bulletin to a hub that has been told of all three formats of
// its feed: what a reader who is pushed to waits for.
func BenchmarkTold(b *testing.B) {
	hub := newHub(b)
	o := newOffice(b)
	feeds, herald := o.feeds(FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin", Limit: 50}}), o.herald(hub.URL)
	feeds.Hubs = herald.Hubs
	var loop sync.WaitGroup
	ctx, cancel := context.WithCancel(b.Context())
	loop.Go(func() { herald.Run(ctx) })
	defer loop.Wait()
	defer cancel()
	var took time.Duration
	for i := 0; b.Loop(); i++ {
		o.tin(fmt.Sprintf("moi-%d", i), fmt.Sprintf("Phú Thọ trao học bổng lần thứ %d", i), "phu-tho")
		start := time.Now()
		if _, err := feeds.Refresh(ctx); err != nil {
			b.Fatal(err)
		}
		herald.Ring()
		for told := 0; told < len(feed.Formats()); {
			told += len(hub.heard())
			runtime.Gosched()
		}
		took += time.Since(start)
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms-to-told")
}

// runSink takes mail until its standard input is closed, and prints its port.
func runSink() {
	server := smtptest.StartAs(&testing.B{}, smtptest.Options{Forget: true})
	fmt.Println(server.Port())
	os.Stdin.Read(make([]byte, 1))
	os.Exit(0)
}

// sink starts a mail server in a process of its own and gives its port.
func sink(b *testing.B) int { return other(b, "sink", "") }

// other starts a process that prints its port and ends with its standard input.
func other(b *testing.B, kind, args string) int {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BANTIN_BENCH="+kind, "BANTIN_BENCH_ARGS="+args)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var port int
	if _, err := fmt.Fscan(out, &port); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	return port
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The program's processor time for a message of a digest to contacts of 63
// places, the ledger durable, against go-mail sending the same messages.
func BenchmarkDeliver(b *testing.B) {
	n := small(300, 10_000)
	port := sink(b)
	var ours, theirs, wall, theirWall time.Duration
	for b.Loop() {
		o := newOffice(b)
		o.weeksNews()
		o.contactsOf63Places(n)
		e := o.edition()
		courier := o.courierTo(port, 8)
		runtime.GC()
		start, used := time.Now(), cpu()
		if err := courier.Run(b.Context(), &e); err != nil {
			b.Fatal(err)
		}
		ours += cpu() - used
		wall += time.Since(start)
		if c := o.counts(&e); c.Sent != int64(n) {
			b.Fatal(c)
		}
		runtime.GC()
		start, used = time.Now(), cpu()
		goMail(b, port, 8, n, o.rendered(&e))
		theirs += cpu() - used
		theirWall += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-go-mail-cpu")
	b.ReportMetric(float64(wall)/float64(theirWall), "x-go-mail-wall")
	b.ReportMetric(float64(ours.Microseconds())/float64(n*b.N), "cpu-µs/msg")
}

func (o *office) courierTo(port, connections int) *Deliverer {
	o.t.Helper()
	node, err := o.db.Nodes().Register()
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { node.Close() })
	return &Deliverer{
		DB: o.db, Log: o.log(), Press: o.press, Tokens: o.tokens, Connections: connections, Retry: []time.Duration{time.Minute}, Node: node.Name,
		Transport: mailer.NewSMTP(mailer.SMTPOptions{Host: "127.0.0.1", Port: port, TLSMode: mailer.NoTLS, EnvelopeFrom: "bantin@example.org"}),
		Zone:      func(string) *time.Location { return o.site.Location }, Now: o.now,
	}
}

// rendered is what a message of the edition says.
func (o *office) rendered(e *bantin.Edition) mailer.Rendered {
	o.t.Helper()
	bulletins, err := o.db.Editions().Bulletins(context.Background(), e.Row)
	if err != nil {
		o.t.Fatal(err)
	}
	_, rendered, err := o.press.Compose(e, o.press.Mail(e, o.site.Location, bulletins, Segment{Place: "phu-tho", Language: "vi"}), o.now())
	if err != nil {
		o.t.Fatal(err)
	}
	return rendered
}

// goMail sends n finished messages over some connections with go-mail alone.
func goMail(b *testing.B, port, connections, n int, r mailer.Rendered) {
	b.Helper()
	var all sync.WaitGroup
	for c := range connections {
		all.Go(func() {
			client, err := mail.NewClient("127.0.0.1", mail.WithPort(port), mail.WithTLSPolicy(mail.NoTLS), mail.WithoutSMTPUTF8())
			if err != nil {
				b.Error(err)
				return
			}
			if err := client.DialWithContext(b.Context()); err != nil {
				b.Error(err)
				return
			}
			defer client.Close()
			for i := c; i < n; i += connections {
				if err := client.Send(finished(b, i, r)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func finished(b *testing.B, i int, r mailer.Rendered) *mail.Msg {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.FromFormat("Hội Khuyến học Việt Nam", "bantin@example.org"); err != nil {
		b.Error(err)
	}
	if err := msg.AddToFormat("Nguyễn Thị Ánh Tuyết", fmt.Sprintf("c%d@example.org", i)); err != nil {
		b.Error(err)
	}
	msg.Subject(r.Subject)
	msg.SetBodyString(mail.TypeTextPlain, r.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, r.HTML)
	return msg
}

// runDeliver delivers an edition and prints the most memory it ever had.
func runDeliver() {
	testing.Init()
	var n, port int
	fmt.Sscan(os.Getenv("BANTIN_BENCH_ARGS"), &n, &port)
	result := testing.Benchmark(func(b *testing.B) {
		if b.N > 1 {
			return
		}
		o := newOffice(b)
		o.weeksNews()
		o.contactsOf63Places(n)
		e := o.edition()
		if err := o.courierTo(port, 8).Run(b.Context(), &e); err != nil {
			b.Fatal(err)
		}
	})
	_ = result
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	fmt.Println(u.Maxrss)
	os.Exit(0)
}

// The peak memory of a process that delivers to many contacts, against one
// that delivers to a tenth of them.
func BenchmarkDeliverMemory(b *testing.B) {
	n := small(200, 10_000)
	port := sink(b)
	peak := func(n int) (kb float64) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "BANTIN_BENCH=deliver", fmt.Sprintf("BANTIN_BENCH_ARGS=%d %d", n, port))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := fmt.Sscan(string(out), &kb); err != nil {
			b.Fatalf("%v in %q", err, out)
		}
		return kb
	}
	var few, many float64
	for b.Loop() {
		few += peak(n)
		many += peak(10 * n)
	}
	b.ReportMetric(many/few, "x-few")
	b.ReportMetric(many/float64(b.N)/1024, "MiB")
}
