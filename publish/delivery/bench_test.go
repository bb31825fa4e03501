package delivery

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wneessen/go-mail"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/mailer"
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
	}
	os.Exit(officetest.Main(m))
}

// runSink takes mail until its standard input is closed, and prints its port.
func runSink() {
	server := smtptest.StartAs(&testing.B{}, smtptest.Options{DiscardData: true})
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
	n := officetest.Small(300, 10_000)
	port := sink(b)
	var ours, theirs, wall, theirWall time.Duration
	for b.Loop() {
		o := newOffice(b)
		o.AddWeeksNews()
		o.AddContactsOf63Places(n)
		e := o.edition()
		deliverer := o.delivererTo(port, 8)
		runtime.GC()
		start, used := time.Now(), cpu()
		if err := deliverer.Run(b.Context(), &e); err != nil {
			b.Fatal(err)
		}
		ours += cpu() - used
		wall += time.Since(start)
		if c := o.Counts(&e); c.Sent != int64(n) {
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

// rendered is what a message of the edition says.
func (o *office) rendered(e *bantin.Edition) mailer.Rendered {
	o.T.Helper()
	bulletins, err := o.DB.Editions().Bulletins(context.Background(), e.Row)
	if err != nil {
		o.T.Fatal(err)
	}
	_, rendered, err := o.composer.Compose(e, o.composer.Mail(e, o.Site.Location, bulletins, Segment{Place: "phu-tho", Language: "vi"}), o.Now())
	if err != nil {
		o.T.Fatal(err)
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
				if err := client.Send(goMailMessage(b, i, r)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func goMailMessage(b *testing.B, i int, r mailer.Rendered) *mail.Msg {
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
		o.AddWeeksNews()
		o.AddContactsOf63Places(n)
		e := o.edition()
		if err := o.delivererTo(port, 8).Run(b.Context(), &e); err != nil {
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
	n := officetest.Small(200, 10_000)
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
