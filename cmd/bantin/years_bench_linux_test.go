package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/freeport"
	"bantin/internal/officetest"
	"bantin/place"
	"bantin/publish/syndicate"
	"bantin/store"
)

// yearsYAML is of an office that has run for years; %s is where it listens.
const yearsYAML = `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
http: {listen: "%s"}
sources: [{id: van-phong, kind: folder, path: tin, schedule: "@every 1h"}]
feeds: [{id: tat-ca, title: Bản tin khuyến học}, {id: tinh, per: place}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
`

// yearsOffice is a folder with so many contacts and bulletins.
func yearsOffice(b *testing.B, program string, contacts, bulletins int) (dir string) {
	b.Helper()
	dir = b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tin"), 0o755); err != nil {
		b.Fatal(err)
	}
	writeYears(b, dir, freeport.Address(b))
	db, err := store.Open(b.Context(), filepath.Join(dir, "var"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		b.Fatal(err)
	}
	atlas := place.NewAtlas(nil)
	o := &officetest.Office{T: b, DB: db, Atlas: atlas, Site: &bantin.Site{Language: bantin.Vietnamese, Location: zone}}
	o.AddBulletins(bulletins)
	o.AddContactsOf63Places(contacts)
	_, err = (&syndicate.ListIndexer{DB: db, Atlas: atlas}).Index(b.Context())
	if err := errors.Join(err, db.Close()); err != nil {
		b.Fatal(err)
	}
	p, _ := startYears(b, program, dir)
	settle(b, p)
	p.end(b)
	return dir
}

// settle waits until a daemon has done what is done once: the first rendering of feeds, the
// first count of contacts, the first look at a source.
func settle(b *testing.B, p *process) {
	b.Helper()
	const calm = 5 * time.Second
	looks, end := time.NewTicker(calm), time.After(10*time.Minute)
	defer looks.Stop()
	for before := p.cpu(b); ; {
		select {
		case <-end:
			b.Fatal("the daemon does not come to rest")
		case <-looks.C:
		}
		now := p.cpu(b)
		if now-before < calm/50 {
			return
		}
		before = now
	}
}

// released builds bantin as release.sh does: that of the tests has their code in its memory.
func released(b *testing.B) (program string) {
	b.Helper()
	program = filepath.Join(b.TempDir(), "bantin")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

func writeYears(b *testing.B, dir, address string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(dir, "bantin.yaml"), fmt.Appendf(nil, yearsYAML, address), 0o644); err != nil {
		b.Fatal(err)
	}
}

// startYears starts the daemon of a folder and gives how long it took to be ready.
func startYears(b *testing.B, program, dir string) (p *process, took time.Duration) {
	b.Helper()
	address := freeport.Address(b)
	writeYears(b, dir, address)
	cmd := exec.Command(program, "run")
	cmd.Dir = dir
	start := time.Now()
	p = started(b, cmd)
	for end := start.Add(5 * time.Minute); ; {
		response, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			response.Body.Close()
		}
		if err == nil && response.StatusCode == http.StatusOK {
			return p, time.Since(start)
		}
		if time.Now().After(end) {
			b.Fatalf("not ready: %v", err)
		}
		time.Sleep(time.Millisecond) // how exactly the start is measured
	}
}

func (p *process) end(b *testing.B) {
	b.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	_ = p.cmd.Wait()
}

// BenchmarkYears measures an installation with a million contacts and a hundred thousand
// bulletins: from start to ready against an empty one, in turns; processor time and memory
// of the idle daemon.
func BenchmarkYears(b *testing.B) {
	program := released(b)
	empty := yearsOffice(b, program, 1, 1)
	full := yearsOffice(b, program, officetest.Small(2_000, 1_000_000), officetest.Small(500, 100_000))
	var few, many []time.Duration
	for b.Loop() {
		for range officetest.Small(1, 7) {
			for dir, list := range map[string]*[]time.Duration{empty: &few, full: &many} {
				p, took := startYears(b, program, dir)
				*list = append(*list, took)
				p.end(b)
			}
		}
	}
	slices.Sort(few)
	slices.Sort(many)
	b.ReportMetric(float64(many[len(many)/2])/float64(few[len(few)/2]), "x-empty-start")
	p, _ := startYears(b, program, full)
	time.Sleep(time.Duration(officetest.Small(1, 60)) * time.Second) // what begins with the start is not idling
	before, span := p.cpu(b), time.Duration(officetest.Small(1, 60))*time.Second
	time.Sleep(span) // what is measured: nothing but time passes
	b.ReportMetric(100*float64(p.cpu(b)-before)/float64(span), "idle-%-of-a-core")
	b.ReportMetric(residentMiB(b, p), "idle-MiB")
}

// residentMiB is the memory of a process.
func residentMiB(b *testing.B, p *process) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}

// BenchmarkRestore measures the restore of a database with 200,000 contacts against copying
// its file durably, in turns.
func BenchmarkRestore(b *testing.B) {
	dir := yearsOffice(b, released(b), officetest.Small(2_000, 200_000), 100)
	backup := filepath.Join(dir, "sao-luu.db")
	runYears(b, dir, "backup", backup)
	var ours, copies []time.Duration
	for b.Loop() {
		for range officetest.Small(1, 7) {
			start := time.Now()
			runYears(b, dir, "restore", backup)
			ours = append(ours, time.Since(start))
			start = time.Now()
			if out, err := exec.Command("dd", "if="+backup, "of="+filepath.Join(dir, "chép.db"), "bs=1M", "conv=fsync").CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			copies = append(copies, time.Since(start))
			kept, err := filepath.Glob(filepath.Join(dir, "var", "*before*"))
			for _, file := range kept {
				err = os.Remove(file)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	slices.Sort(ours)
	slices.Sort(copies)
	b.ReportMetric(float64(ours[len(ours)/2])/float64(copies[len(copies)/2]), "x-copy")
	b.ReportMetric(ours[len(ours)/2].Seconds(), "s")
}

// BenchmarkDoctor measures a doctor's run where nothing answers: the mail server, the
// mailbox, the site and the resolver take connections and say nothing; the database is a
// file, or a server that does the same.
func BenchmarkDoctor(b *testing.B) {
	b.Run("file", func(b *testing.B) { doctorUnreachable(b, "") })
	b.Run("server", func(b *testing.B) { doctorUnreachable(b, "database: postgres://bantin@127.0.0.1:%d/bantin\n") })
}

func doctorUnreachable(b *testing.B, database string) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer silent.Close()
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn) }()
		}
	}()
	resolver, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer resolver.Close()
	port := silent.Addr().(*net.TCPAddr).Port
	dir := b.TempDir()
	yaml := fmt.Sprintf(`site: {title: Hội, url: "https://127.0.0.1:%d", contact: vanphong@example.org}
smtp: {host: 127.0.0.1, port: %d, from: bantin@example.org, bounces: tra-lai@example.org}
bounces: {mailbox: "imaps://tra-lai@127.0.0.1:%d", password_file: mat-khau}
digests: [{id: hang-tuan, title: Bản tin, schedule: "0 7 * * MON"}]
`, port, port, port)
	if database != "" {
		yaml += fmt.Sprintf(database, port)
	}
	if err := os.WriteFile(filepath.Join(dir, "bantin.yaml"), []byte(yaml), 0o644); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "mat-khau"), []byte("bí mật\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	var longest time.Duration
	for b.Loop() {
		cmd := exec.Command("bantin", "doctor", "--resolver", resolver.LocalAddr().String())
		cmd.Dir = dir
		start := time.Now()
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 1 {
			b.Fatalf("it found nothing wrong: %v\n%s", err, out)
		}
		longest = max(longest, time.Since(start))
	}
	b.ReportMetric(longest.Seconds(), "s-unreachable")
}

// runYears runs a command in a folder.
func runYears(b *testing.B, dir string, args ...string) {
	b.Helper()
	cmd := exec.Command("bantin", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("bantin %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
