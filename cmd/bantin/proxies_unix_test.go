//go:build unix

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bantin/internal/freeport"
	"bantin/internal/testneed"
)

// behindProxy is an office whose daemon stands behind a proxy of docs/operate.md.
type behindProxy struct {
	*folder
	client *http.Client
}

// proxyLines gives the lines of a fence in docs/operate.md.
func proxyLines(t *testing.T, fence string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## Behind HTTPS")
	found := regexp.MustCompile("(?s)```" + fence + "\n(.*?)```").FindStringSubmatch(section)
	if found == nil {
		t.Fatalf("docs/operate.md has no %s lines", fence)
	}
	return found[1]
}

// socketLines gives what docs/operate.md writes for a socket in place of a port: of the
// YAML, and of each proxy.
func socketLines(t *testing.T) (listen string, upstream map[string]string) {
	t.Helper()
	_, section, _ := strings.Cut(docsPage(t, "operate.md"), "## Behind HTTPS")
	section, _, _ = strings.Cut(section, "\n## ")
	section = strings.Join(strings.Fields(section), " ") // lines are broken anywhere
	quoted := func(pattern string) string {
		found := regexp.MustCompile("`" + pattern + "`").FindStringSubmatch(section)
		if found == nil {
			t.Fatalf("docs/operate.md has no %s", pattern)
		}
		return found[1]
	}
	listen = quoted(`listen: (unix:[^` + "`" + ` ]+)`)
	if vi := docsPage(t, "operate.vi.md"); !strings.Contains(vi, "`listen: "+listen+"`") {
		t.Errorf("docs/operate.vi.md has no listen: %s", listen)
	}
	return listen, map[string]string{"nginx": quoted(`(proxy_pass http://unix:[^` + "`" + ` ]+;)`), "caddy": quoted(`(reverse_proxy unix/[^` + "`" + ` ]+)`)}
}

// certificateOf makes a certificate for a name, as files.
func certificateOf(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "fullchain.pem"), filepath.Join(dir, "privkey.pem")
	out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
		"-subj", "/CN="+name, "-addext", "subjectAltName=DNS:"+name, "-keyout", key, "-out", cert).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	return cert, key
}

// The lines for nginx and Caddy in docs/operate.md as they are written, but for ports and
// certificates, in front of a port and of a unix socket: pages, feeds that did not change,
// leaving with one click and forms of the site's own pages come through.
func TestProxiesOfTheDocs(t *testing.T) {
	t.Parallel()
	testneed.Program(t, "openssl")
	for _, proxy := range []string{"nginx", "caddy"} {
		for _, socket := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, unix socket %v", proxy, socket), func(t *testing.T) {
				t.Parallel()
				testneed.Program(t, proxy)
				dir := shortDir(t)
				listen := freeport.Address(t)
				upstream := map[string]string{"nginx": "proxy_pass http://" + listen + ";", "caddy": "reverse_proxy " + listen}
				if socket {
					listen, upstream = socketLines(t)
					listen = strings.Replace(listen, "/run/bantin", dir, 1)
				}
				line := strings.Replace(upstream[proxy], "/run/bantin", dir, 1)
				yaml := strings.Replace(daemonYAML, `{listen: "127.0.0.1:0"}`, `{listen: "`+listen+`", trusted_proxies: [127.0.0.1]}`, 1)
				f := newFolder(t, map[string]string{"bantin.yaml": yaml, "bulletins/phu-tho.md": phuTho, "contacts.csv": "email\nlan@example.org\n"})
				f.ok("collect")
				f.ok("contacts", "import", "contacts.csv")
				f.ok("digest", "send", "hang-tuan")
				b := &behindProxy{folder: f}
				b.begin(f.runDaemon, map[string]func(dir, line string) *exec.Cmd{"nginx": b.nginx, "caddy": b.caddy}[proxy](dir, line))
				b.passes()
			})
		}
	}
}

func (f *folder) runDaemon() *exec.Cmd {
	cmd := exec.Command("bantin", "run")
	cmd.Dir = f.dir
	return cmd
}

// begin starts the daemon and its proxy, until pages come through.
func (b *behindProxy) begin(daemon func() *exec.Cmd, proxy *exec.Cmd) {
	b.t.Helper()
	for _, cmd := range []*exec.Cmd{daemon(), proxy} {
		said := &said{}
		cmd.Stderr = said
		if err := cmd.Start(); err != nil {
			b.t.Fatal(err)
		}
		b.t.Cleanup(func() {
			_ = cmd.Process.Signal(os.Interrupt) // nginx ends its workers
			_ = cmd.Wait()
			if b.t.Failed() {
				b.t.Logf("%s said:\n%s", cmd.Path, said)
			}
		})
	}
	until(b.t, "pages come through the proxy", func() bool {
		response, err := b.client.Get("https://bantin.example.org/readyz")
		return err == nil && errors.Join(response.Body.Close()) == nil && response.StatusCode == http.StatusOK
	})
}

// reaches has the client take a port of this machine for that of HTTPS.
func (b *behindProxy) reaches(port int) {
	b.client = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // its certificate was made a moment ago
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		},
	}}
}

// nginx is the proxy with a line that leads to the daemon.
func (b *behindProxy) nginx(dir, line string) *exec.Cmd {
	b.t.Helper()
	cert, key := certificateOf(b.t, dir, "bantin.example.org")
	https, plain := freeport.Port(b.t), freeport.Port(b.t)
	lines := strings.NewReplacer(
		"    listen [::]:443 ssl;\n", "", "    listen [::]:80;\n", "",
		"listen 443 ssl;", fmt.Sprintf("listen 127.0.0.1:%d ssl;", https), "listen 80;", fmt.Sprintf("listen 127.0.0.1:%d;", plain),
		"/etc/letsencrypt/live/bantin.example.org/fullchain.pem", cert, "/etc/letsencrypt/live/bantin.example.org/privkey.pem", key,
		"proxy_pass http://127.0.0.1:8080;", line).Replace(proxyLines(b.t, "nginx"))
	temporary := ""
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += what + "_temp_path " + dir + "/" + what + ";\n"
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n"
	}
	config := filepath.Join(dir, "nginx.conf")
	b.writeAt(config, user+"daemon off;\npid "+dir+"/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"+temporary+lines+"}\n")
	b.reaches(https)
	return exec.Command("nginx", "-c", config)
}

func (b *behindProxy) caddy(dir, line string) *exec.Cmd {
	b.t.Helper()
	cert, key := certificateOf(b.t, dir, "bantin.example.org")
	https := freeport.Port(b.t)
	lines := strings.NewReplacer(
		"bantin.example.org {\n", fmt.Sprintf("https://bantin.example.org:%d {\n\ttls %s %s\n", https, cert, key),
		"reverse_proxy 127.0.0.1:8080", line).Replace(proxyLines(b.t, ""))
	config := filepath.Join(dir, "Caddyfile")
	b.writeAt(config, fmt.Sprintf("{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system %s\n\tdefault_bind 127.0.0.1\n}\n", dir)+lines)
	b.reaches(https)
	cmd := exec.Command("caddy", "run", "--adapter", "caddyfile", "--config", config)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	return cmd
}

func (b *behindProxy) writeAt(path, text string) {
	b.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// passes looks what comes through.
func (b *behindProxy) passes() {
	b.t.Helper()
	ask := func(method, path string, header map[string]string, body string) (int, http.Header, string) {
		b.t.Helper()
		r, err := http.NewRequest(method, "https://bantin.example.org"+path, strings.NewReader(body))
		if err != nil {
			b.t.Fatal(err)
		}
		for name, value := range header {
			r.Header.Set(name, value)
		}
		response, err := b.client.Do(r)
		if err != nil {
			b.t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			b.t.Fatal(err)
		}
		return response.StatusCode, response.Header, string(text)
	}
	status, header, body := ask("GET", "/feeds/tat-ca.rss", nil, "")
	if status != http.StatusOK || !strings.Contains(body, "Phú Thọ") {
		b.t.Fatalf("a feed: %d\n%s", status, body)
	}
	if status, _, _ := ask("GET", "/feeds/tat-ca.rss", map[string]string{"If-None-Match": header.Get("ETag")}, ""); status != http.StatusNotModified {
		b.t.Errorf("a feed that did not change: %d", status)
	}
	link := unsubscribeLink(b.t, b.folder, "lan@example.org")
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if status, _, body := ask("POST", link, form, "List-Unsubscribe=One-Click"); status != http.StatusOK {
		b.t.Errorf("leaving with one click: %d\n%s", status, body)
	}
	if out := b.ok("contacts", "show", "lan@example.org", "--json"); !strings.Contains(out, `"unsubscribed"`) {
		b.t.Errorf("they did not leave: %s", out)
	}
	// A browser's form is from this site by the Host that the proxy passes.
	form["Origin"], form["Sec-Fetch-Site"] = "https://bantin.example.org", "same-origin"
	if status, _, _ := ask("POST", "/subscribe", form, "email=moi@example.org&digest=hang-tuan"); status == http.StatusForbidden {
		b.t.Errorf("a form of the site's own page is refused: %d", status)
	}
	form["Sec-Fetch-Site"] = "cross-site"
	form["Origin"] = "https://attacker.example.net"
	if status, _, _ := ask("POST", "/subscribe", form, "email=moi@example.org&digest=hang-tuan"); status != http.StatusForbidden {
		b.t.Errorf("a form of another site: %d", status)
	}
}
