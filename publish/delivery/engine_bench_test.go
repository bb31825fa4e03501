package delivery

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/freeport"
	"bantin/internal/officetest"
	"bantin/internal/pgtest"
	"bantin/mailer"
)

// BenchmarkEngine measures messages a second through the whole engine, the
// ledger durable, against Postfix's smtp-source with messages of the same size,
// to the same server, in turns. No DKIM.
func BenchmarkEngine(b *testing.B) {
	if _, err := exec.LookPath("smtp-source"); err != nil {
		b.Skip("smtp-source is not installed (Debian: apt-get install postfix)")
	}
	postgres := pgtest.Server{Durable: true}
	for _, database := range []string{"sqlite", "postgres"} {
		for _, test := range []struct {
			name        string
			connections int
			far         time.Duration // of the server, there and back
			n           int
		}{
			{"8", 8, 0, officetest.Small(300, 20_000)},
			{"32", 32, 0, officetest.Small(300, 20_000)},
			{"8-5ms", 8, 5 * time.Millisecond, officetest.Small(300, 4_000)},
		} {
			b.Run(database+"-"+test.name, func(b *testing.B) {
				port := smtpSink(b)
				if test.far > 0 {
					port = other(b, "far", fmt.Sprint(port, " ", test.far.Nanoseconds()))
				}
				var ours, theirs []time.Duration
				var used time.Duration
				for b.Loop() {
					for range officetest.Small(1, 3) {
						url := ""
						if database == "postgres" {
							url = postgres.Database(b)
						}
						took, cpu, size := engine(b, url, port, test.connections, test.n)
						ours, used = append(ours, took), used+cpu
						theirs = append(theirs, smtpSource(b, port, test.connections, test.n, size))
					}
				}
				b.ReportMetric(float64(middle(theirs))/float64(middle(ours)), "x-smtp-source")
				b.ReportMetric(float64(test.n)/middle(ours).Seconds(), "msg/s")
				b.ReportMetric(float64(used.Microseconds())/float64(test.n*len(ours)), "cpu-µs/msg")
			})
		}
	}
}

func middle(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// engine delivers an edition to n contacts of all places and gives how long that
// took, the processor time of this process, and the size of a message.
func engine(b *testing.B, url string, port, connections, n int) (took, used time.Duration, size int) {
	b.Helper()
	o := newOfficeOn(b, url)
	o.AddWeeksNews()
	o.AddContactsOf63Places(n)
	e := o.edition()
	deliverer := o.delivererTo(port, connections)
	runtime.GC()
	start, before := time.Now(), cpu()
	if err := deliverer.Run(b.Context(), &e); err != nil {
		b.Fatal(err)
	}
	took, used = time.Since(start), cpu()-before
	if c := o.Counts(&e); c.Sent != int64(n) {
		b.Fatal(c)
	}
	return took, used, o.sizeOf(&e)
}

func (o *office) sizeOf(e *bantin.Edition) int {
	o.T.Helper()
	message, err := mailer.Compose(mailer.Message{Sender: o.composer.Sender, Rendered: o.rendered(e), Digest: e.Digest, ListDomain: "bantin.example.org"})
	if err != nil {
		o.T.Fatal(err)
	}
	return message.Size()
}

// smtpSource has Postfix's smtp-source send n messages of that size.
func smtpSource(b *testing.B, port, connections, n, size int) time.Duration {
	b.Helper()
	cmd := exec.Command("smtp-source", "-d", "-s", fmt.Sprint(connections), "-m", fmt.Sprint(n), "-l", fmt.Sprint(size),
		"-f", "bantin@example.org", "-t", "c@example.org", fmt.Sprintf("inet:127.0.0.1:%d", port))
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("smtp-source: %v\n%s", err, out)
	}
	return time.Since(start)
}

// smtpSink starts Postfix's own sink on a free port and waits until it listens.
func smtpSink(b *testing.B) int {
	b.Helper()
	port := freeport.Port(b)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	args := []string{address, "1000"}
	if os.Geteuid() == 0 { // it refuses to be root
		args = append([]string{"-u", "postfix"}, args...)
	}
	cmd := exec.Command("smtp-sink", args...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return port
		}
		if time.Now().After(end) {
			b.Fatal(err)
		}
	}
}

// runFar passes connections on to a port of this machine, and makes it as far
// away as is said.
func runFar() {
	var port int
	var both time.Duration
	fmt.Sscan(strings.TrimSpace(os.Getenv("BANTIN_BENCH_ARGS")), &port, &both)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}()
	for {
		near, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		away, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			panic(err)
		}
		go carry(away, near, both/2)
		go carry(near, away, both/2)
	}
}

// carry copies bytes, each so much later; as many may be on the way as there are.
func carry(to, from net.Conn, later time.Duration) {
	type parcel struct {
		bytes []byte
		due   time.Time
	}
	way := make(chan parcel, 1024)
	go func() {
		defer to.Close()
		for p := range way {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.bytes); err != nil {
				return
			}
		}
	}()
	defer close(way)
	for {
		b := make([]byte, 32<<10)
		n, err := from.Read(b)
		if err != nil {
			if err != io.EOF {
				to.Close()
			}
			return
		}
		way <- parcel{b[:n], time.Now().Add(later)}
	}
}
