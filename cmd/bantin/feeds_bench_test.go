package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bantin/internal/freeport"
)

// polled is what the benchmark asks both servers for.
const polled = "/feeds/tat-ca.rss"

// BenchmarkFeeds puts 64 keep-alive connections before a daemon and before a
// bare net/http server that holds the same bytes, in turns, each in a process
// of its own, and reports requests a second and processor time as ratios. With
// nginx installed its figures stand beside them.
func BenchmarkFeeds(b *testing.B) {
	dir := b.TempDir()
	ours := startDaemon(b, dir)
	body := fetched(b, ours.address, "")
	packed := fetched(b, ours.address, "gzip")
	tag := headerOf(b, ours.address, "Etag")
	for name, content := range map[string][]byte{"body": body, "body.gz": packed, "tag": []byte(tag)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	servers := map[string]*process{"bantin": ours, "bare": startBare(b, dir)}
	if nginx, err := exec.LookPath("nginx"); err == nil {
		servers["nginx"] = startNginx(b, nginx, dir)
	}
	for _, mode := range []struct{ name, header string }{
		{"plain", ""},
		{"gzip", "Accept-Encoding: gzip\r\n"},
		{"304", "If-None-Match: " + tag + "\r\n"},
	} {
		b.Run(mode.name, func(b *testing.B) { compare(b, servers, mode.header) })
	}
}

// compare loads the servers in turns and takes the middle of the ratios of
// each turn: the machine may be busy with something else.
func compare(b *testing.B, servers map[string]*process, header string) {
	turns, span := 9, 500*time.Millisecond
	if testing.Short() {
		turns, span = 1, 100*time.Millisecond
	}
	ratios := map[string][]float64{}
	for b.Loop() {
		for range turns {
			rate, cost := map[string]float64{}, map[string]float64{}
			for name, server := range servers {
				h := header
				if name == "nginx" && strings.HasPrefix(header, "If-None-Match") {
					h = "If-None-Match: " + server.tag + "\r\n"
				}
				start, used := time.Now(), server.cpu(b)
				n := float64(load(b, server.address, h, span))
				rate[name] = n / time.Since(start).Seconds()
				cost[name] = float64((server.cpu(b) - used).Microseconds()) / n
			}
			add := func(name string, v float64) { ratios[name] = append(ratios[name], v) }
			add("req/s", rate["bantin"])
			add("cpu-µs/req", cost["bantin"])
			add("x-bare-req/s", rate["bantin"]/rate["bare"])
			add("x-bare-cpu", cost["bantin"]/cost["bare"])
			if servers["nginx"] != nil {
				add("x-nginx-req/s", rate["bantin"]/rate["nginx"])
			}
		}
	}
	for name, list := range ratios {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2], name)
	}
}

// process is a server in a process of its own.
type process struct {
	cmd          *exec.Cmd
	address, tag string
}

// cpu is the processor time that the process has used.
func (p *process) cpu(b *testing.B) time.Duration {
	b.Helper()
	pids := []int{p.cmd.Process.Pid}
	if children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pids[0])); err == nil {
		for _, child := range strings.Fields(string(children)) { // nginx works in them
			pid, _ := strconv.Atoi(child)
			pids = append(pids, pid)
		}
	}
	var ticks int
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			b.Skip("the processor time of another process is known on Linux only")
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		ticks += user + system
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func started(b *testing.B, cmd *exec.Cmd) *process {
	b.Helper()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return &process{cmd: cmd}
}

// startDaemon runs bantin over fifty bulletins, about 200 KB of RSS.
func startDaemon(b *testing.B, dir string) *process {
	b.Helper()
	address := freeport.Address(b)
	files := map[string]string{"bantin.yaml": `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org"}
http: {listen: "` + address + `"}
sources: [{id: van-phong, kind: folder, path: tin, schedule: "@every 1h"}]
feeds: [{id: tat-ca, title: Bản tin khuyến học}]
`}
	for i := range 50 {
		files[fmt.Sprintf("tin/%d.md", i)] = fmt.Sprintf("---\ntitle: %s\ndate: 2026-11-20\n---\n\n%s\n", prose(i, 60), prose(1000+i, 2600))
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	collect := exec.Command("bantin", "collect")
	collect.Dir = dir
	if out, err := collect.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	run := exec.Command("bantin", "run")
	run.Dir = dir
	p := started(b, run)
	p.address = address
	p.await(b)
	return p
}

// prose is Vietnamese text of n bytes with the words of our own examples.
func prose(seed, n int) string {
	words := strings.Fields("Hội Khuyến học tỉnh Phú Thọ phối hợp với Sở Giáo dục và Đào tạo tổ chức hội nghị tổng kết phong trào " +
		"xây dựng xã hội học tập gia đình dòng họ cộng đồng đơn vị các cấp đã trao học bổng cho học sinh nghèo vượt khó quỹ khuyến tài " +
		"thư viện nhà trường công dân số kỹ năng người lao động nông thôn miền núi biên giới hải đảo thầy cô giáo đồng chí lãnh đạo " +
		"phát biểu chỉ đạo kết quả nhiệm vụ trọng tâm năm tới kế hoạch triển khai mô hình điển hình tiên tiến khen thưởng danh hiệu thi đua")
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	var w strings.Builder
	for w.Len() < n {
		if random.IntN(9) == 0 {
			fmt.Fprintf(&w, "%d ", random.IntN(5000))
		}
		w.WriteString(words[random.IntN(len(words))] + " ")
	}
	return strings.TrimSpace(w.String())
}

func (p *process) await(b *testing.B) {
	b.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + p.address + polled)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(end) {
			b.Fatalf("no feed at %s: %v", p.address, err)
		}
	}
}

func startBare(b *testing.B, dir string) *process {
	b.Helper()
	address := freeport.Address(b)
	cmd := exec.Command(os.Args[0], "-test.run=^TestBareServer$")
	cmd.Env = append(os.Environ(), "BANTIN_BARE="+address)
	cmd.Dir = dir
	p := started(b, cmd)
	p.address = address
	p.await(b)
	return p
}

// TestBareServer is the process of a bare server, and no test.
func TestBareServer(t *testing.T) {
	address := os.Getenv("BANTIN_BARE")
	if address == "" {
		return // an ordinary run of the tests, not that process
	}
	var held [3][]byte
	for i, name := range []string{"body", "body.gz", "tag"} {
		var err error
		if held[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	tag := string(held[2])
	t.Fatal(http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := held[0]
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			body = held[1]
		}
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body)
	})))
}

// startNginx serves the same bytes as files with gzip_static.
func startNginx(b *testing.B, program, dir string) *process {
	b.Helper()
	root := filepath.Join(dir, "www")
	for name, from := range map[string]string{polled: "body", polled + ".gz": "body.gz"} {
		content, err := os.ReadFile(filepath.Join(dir, from))
		if err != nil {
			b.Fatal(err)
		}
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	address := freeport.Address(b)
	conf := filepath.Join(dir, "nginx.conf")
	text := `daemon off; worker_processes auto; pid ` + dir + `/nginx.pid; error_log /dev/null;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=10;
types { application/rss+xml rss; }
client_body_temp_path ` + dir + `/t1; proxy_temp_path ` + dir + `/t2; fastcgi_temp_path ` + dir + `/t3; uwsgi_temp_path ` + dir + `/t4; scgi_temp_path ` + dir + `/t5;
server { listen ` + address + `; root ` + root + `; gzip_static on; } }
`
	if os.Getuid() == 0 { // its workers would be nobody, who may not read our folder
		text = "user root;\n" + text
	}
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	p := started(b, exec.Command(program, "-c", conf, "-p", dir))
	b.Cleanup(func() { p.cmd.Process.Signal(os.Interrupt); p.cmd.Wait() }) // killed, it would leave its workers behind
	p.address = address
	p.await(b)
	p.tag = headerOf(b, address, "Etag")
	return p
}

func asked(b *testing.B, address, coding string) *http.Response {
	b.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+address+polled, nil)
	if err != nil {
		b.Fatal(err)
	}
	if coding != "" {
		req.Header.Set("Accept-Encoding", coding)
	}
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	return resp
}

func fetched(b *testing.B, address, coding string) []byte {
	b.Helper()
	resp := asked(b, address, coding)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("Content-Encoding") != coding {
		b.Fatal(resp.Header, err)
	}
	return body
}

func headerOf(b *testing.B, address, name string) string {
	b.Helper()
	resp := asked(b, address, "")
	resp.Body.Close()
	return resp.Header.Get(name)
}

// load sends the same request over 64 connections, each as soon as it has the
// answer to the one before, and counts the answers.
func load(b *testing.B, address, header string, span time.Duration) int64 {
	b.Helper()
	request := []byte("GET " + polled + " HTTP/1.1\r\nHost: bantin.example.org\r\n" + header + "\r\n")
	var answers atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(span)
	for range 64 {
		all.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			in := bufio.NewReaderSize(conn, 64<<10)
			for time.Now().Before(end) {
				if _, err := conn.Write(request); err != nil {
					b.Error(err)
					return
				}
				if err := answer(in); err != nil {
					b.Error(err)
					return
				}
				answers.Add(1)
			}
		})
	}
	all.Wait()
	return answers.Load()
}

// answer reads one answer to its end. It is short, as it shares the machine
// with what it measures.
func answer(in *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) && !bytes.HasPrefix(line, []byte("HTTP/1.1 304")) {
			return fmt.Errorf("answer %q", line)
		}
		if len(line) == 2 {
			break
		}
		if bytes.HasPrefix(line, []byte("Content-Length: ")) {
			if length, err = strconv.Atoi(string(line[16 : len(line)-2])); err != nil {
				return err
			}
		}
	}
	_, err := in.Discard(length)
	return err
}

// BenchmarkSmaller tells how much smaller than gzip -9 the copies are that
// curl and browsers get.
func BenchmarkSmaller(b *testing.B) {
	p := startDaemon(b, b.TempDir())
	body := fetched(b, p.address, "")
	var w bytes.Buffer
	z, _ := gzip.NewWriterLevel(&w, gzip.BestCompression)
	z.Write(body)
	z.Close()
	for b.Loop() {
	}
	for _, coding := range []string{"br", "zstd"} {
		for end := time.Now().Add(patience); headerWith(b, p.address, coding) != coding && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		b.ReportMetric(float64(len(fetched(b, p.address, coding)))/float64(w.Len()), "x-gzip-"+coding)
	}
	b.ReportMetric(float64(len(body)), "bytes")
}

func headerWith(b *testing.B, address, coding string) string {
	b.Helper()
	resp := asked(b, address, coding)
	resp.Body.Close()
	return resp.Header.Get("Content-Encoding")
}
