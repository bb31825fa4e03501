package syndicate

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"

	"bantin"
)

// An export answers through nginx and through Caddy, configured as docs/export.md says,
// as the daemon does.
func TestExportServed(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	f := o.small(5)
	f.Hubs = []string{"https://hub.example.org/"}
	f.Plans[0].Aliases = []string{"tay-bac"} // also the name of a cluster, which has a list
	f.Plans = append(f.Plans, FeedPlan{Feed: bantin.Feed{ID: "cu", Gone: true}})
	o.AddBulletin("son-la", "Sơn La trao học bổng", "son-la")
	o.refreshed(f)
	dir := t.TempDir()
	if _, err := (&Exporter{Feeds: f, Dir: dir}).Export(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, start := range map[string]func(*testing.T, string) *http.Client{"nginx": nginx, "caddy": caddy} {
		t.Run(name, func(t *testing.T) {
			client := start(t, dir)
			for path, want := range map[string]string{
				"/feeds/tat-ca.atom":                "200 ",
				"/feeds/tat-ca/archive/2.json":      "200 ",
				"/feeds/tat-ca/archive/3.json":      "307 /feeds/tat-ca.json", // named by page 2, not there yet
				"/feeds/tinh/phu-tho/archive/2.rss": "307 /feeds/tinh/phu-tho.rss",
				"/feeds/tat-ca/archive/2015-03.rss": "404 ",
				"/feeds/tat-ca/archive/0.rss":       "404 ",
				"/feeds/khong-co.rss":               "404 ",
				"/feeds/tay-bac.rss":                "301 /feeds/tat-ca.rss",
				"/feeds/tay-bac/archive/1.rss":      "301 /feeds/tat-ca/archive/1.rss",
				"/feeds/tay-bac.opml":               "200 ",
				"/feeds/cu.json":                    "410 ",
				"/.bantin-files":                    "404 ",
			} {
				answer := got(t, client, path)
				if got := fmt.Sprint(answer.StatusCode, " ", pathOf(answer)); got != want {
					t.Errorf("%s: %s, want %s", path, got, want)
				}
			}
			for path, link := range map[string]string{
				"/feeds/tat-ca.atom":           `<https://hub.example.org/>; rel="hub", <https://bantin.example.org/feeds/tat-ca.atom>; rel="self"`,
				"/feeds/tat-ca/archive/2.json": `<https://bantin.example.org/feeds/tat-ca/archive/2.json>; rel="self"`,
			} {
				served, daemon := got(t, client, path).Header, ask(f, path).Header()
				if got := served.Get("Link"); got != link || got != daemon.Get("Link") {
					t.Errorf("%s: Link %s, want %s", path, got, link)
				}
				if vary := served.Get("Vary"); vary != "Accept-Encoding" {
					t.Errorf("%s: Vary %q", path, vary)
				}
				for _, name := range []string{"Cache-Control", "Last-Modified", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Content-Type"} {
					if got, want := served.Get(name), daemon.Get(name); got != want {
						t.Errorf("%s: %s %q, but the daemon says %q", path, name, got, want)
					}
				}
			}
		})
	}
}

// pathOf is where an answer leads to.
func pathOf(answer *http.Response) string {
	if to, err := answer.Location(); err == nil {
		return to.Path
	}
	return ""
}

func got(t *testing.T, client *http.Client, path string) *http.Response {
	t.Helper()
	answer, err := client.Get("http://tin.example.org" + path)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer
}

// documented gives a configuration as docs/export.md has it, with what it says replaced.
func documented(t *testing.T, heading string, replaced ...string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## "+heading+"\n")
	_, block, _ := strings.Cut(section, "\n```")
	_, block, _ = strings.Cut(block, "\n")
	conf, _, found := strings.Cut(block, "```\n")
	if !found {
		t.Fatalf("docs/export.md configures no %s", heading)
	}
	for i := 0; i < len(replaced); i += 2 {
		if !strings.Contains(conf, replaced[i]) {
			t.Fatalf("docs/export.md, %s, does not say %q", heading, replaced[i])
		}
		conf = strings.Replace(conf, replaced[i], replaced[i+1], 1)
	}
	return conf
}

func nginx(t *testing.T, dir string) *http.Client {
	home := t.TempDir()
	conf := "daemon off; pid " + home + "/pid; error_log stderr; events {}\n" +
		"http { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n" +
		documented(t, "nginx", "listen 80;", "listen unix:"+home+"/socket; absolute_redirect off;", "/srv/feeds", dir) + "}\n"
	if os.Getuid() == 0 { // its workers would be nobody, who may not read the folder
		conf = "user root;\n" + conf
	}
	return serving(t, home, conf, "nginx", "-p", home, "-c")
}

func caddy(t *testing.T, dir string) *http.Client {
	home := t.TempDir()
	conf := "{\n admin off\n auto_https off\n}\n" +
		documented(t, "Caddy", "bantin.example.org {", "http://tin.example.org {\n bind unix/"+home+"/socket", "/srv/feeds", dir)
	return serving(t, home, conf, "caddy", "run", "--adapter", "caddyfile", "--config")
}

// serving starts a web server that answers on a socket in its home, and gives
// a client of it that follows nothing.
func serving(t *testing.T, home, conf, program string, arguments ...string) *http.Client {
	t.Helper()
	path := testneed.Program(t, program, "/usr/sbin/"+program)
	file := filepath.Join(home, "conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(home, "log")) // a file: a pipe would stay open with nginx's workers
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, path, append(arguments, file)...)
	server.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	server.Stderr = log
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) } // nginx ends its workers too
	server.WaitDelay = time.Minute
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	client := &http.Client{
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(home, "socket"))
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answer, err := client.Get("http://tin.example.org/"); err == nil {
			answer.Body.Close()
			return client
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("%s does not run:\n%s", program, text)
		default:
		}
	}
	t.Fatalf("%s does not answer", program)
	return nil
}
