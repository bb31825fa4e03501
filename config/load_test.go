package config_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of these tests, whatever the machine has

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"bantin"
	"bantin/config"
)

func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".pem") && name != "open.pem" {
			mode = 0o600
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t testing.TB, yaml string) (*config.Config, *config.Report) {
	t.Helper()
	return config.Load(filepath.Join(folder(t, map[string]string{"bantin.yaml": yaml}), "bantin.yaml"))
}

// TestProblems holds what an admin sees, in both languages, to the golden
// files. With -update it writes them; read them before you commit them.
func TestProblems(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(here, "testdata", "problems", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			input := map[string]string{}
			want := map[string]string{}
			for _, f := range archive.Files {
				if strings.HasPrefix(f.Name, "want.") {
					want[f.Name] = string(f.Data)
					continue
				}
				input[f.Name] = string(f.Data)
			}
			t.Chdir(folder(t, input))
			_, report := config.Load("bantin.yaml")
			got := map[string]string{"want.en": written(t, report, bantin.English), "want.vi": written(t, report, bantin.Vietnamese)}
			if flag.Lookup("update").Value.String() == "true" {
				rewrite(t, file, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func written(t *testing.T, r *config.Report, lang bantin.Language) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b, lang); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func rewrite(t *testing.T, file string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	var files []txtar.File
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want.") {
			files = append(files, f)
		}
	}
	for _, name := range []string{"want.en", "want.vi"} {
		files = append(files, txtar.File{Name: name, Data: []byte(got[name])})
	}
	archive.Files = files
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAnEmptyMappingHasAllDefaults(t *testing.T) {
	c, report := load(t, "site: {}\ndigests: [{id: hang-tuan, schedule: '0 7 * * MON'}]\nsmtp: {host: localhost, from: a@example.org}\nfeeds: [{id: tat-ca}]\n")
	if err := report.Err(); err != nil {
		t.Fatal(err)
	}
	d := c.Digests[0]
	for _, x := range []struct {
		key       string
		got, want any
	}{
		{"site.url", c.Site.URL, "http://localhost:8080"},
		{"site.language", c.Site.Language, bantin.Vietnamese},
		{"site.timezone", c.Site.Timezone, "Asia/Ho_Chi_Minh"},
		{"data", c.Data, filepath.Join(filepath.Dir(c.Path), "var")},
		{"http.listen", c.HTTP.Listen, "127.0.0.1:8080"},
		{"feeds.limit", c.Feeds[0].Limit, 50},
		{"feeds.title", c.Feeds[0].Title, "Bản tin"},
		{"digests.timezone", d.Timezone, "Asia/Ho_Chi_Minh"},
		{"digests.missed", d.Missed, config.MissedOnce},
		{"digests.late", d.Late.Std(), 24 * time.Hour},
		{"digests.when_empty", d.WhenEmpty, bantin.WhenEmptySkip},
		{"digests.first_number", d.FirstNumber, 1},
		{"digests.select.max", d.Select.Max, 30},
		{"digests.subject", d.Subject, "{{.SubjectLine}}"},
		{"smtp.port", c.SMTP.Port, 587},
		{"smtp.tls", c.SMTP.TLS, config.TLSStart},
		{"smtp.connections", c.SMTP.Connections, 8},
		{"smtp.rate", c.SMTP.Rate, config.Rate{}},
		{"smtp.retry", c.SMTP.Retry[5].Std(), 24 * time.Hour},
	} {
		if x.got != x.want {
			t.Errorf("%s: %v, want %v", x.key, x.got, x.want)
		}
	}
	after := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	if got, want := d.Due.Next(after).Format(time.RFC3339), "2026-11-23T07:00:00+07:00"; got != want {
		t.Errorf("due at %s, want %s", got, want)
	}
}

// TestTheExampleLoads keeps the generated example honest: every line of it is
// taken, with the files that it names.
func TestTheExampleLoads(t *testing.T) {
	text, err := os.ReadFile("../docs/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	yaml := strings.NewReplacer("/run/credentials/smtp", "mat-khau", "/run/credentials/bounces", "mat-khau", "/etc/bantin/dkim.pem", "dkim.pem", "/usr/local/bin/tell", os.Args[0]).Replace(string(text))
	dir := folder(t, map[string]string{"bantin.yaml": yaml, "dkim.pem": edKey(t), "mat-khau": "bí mật\n", "contacts.csv": "email\n", "bulletins/a.txt": ""})
	c, report := config.Load(filepath.Join(dir, "bantin.yaml"))
	if len(report.Problems) > 0 {
		t.Fatal(written(t, report, bantin.English))
	}
	if got, err := c.SMTP.Password(); got != "bí mật" || err != nil {
		t.Errorf("Password() = %q, %v", got, err)
	}
	if c.SMTP.Rate.PerSecond() != 20 {
		t.Errorf("rate is %v", c.SMTP.Rate)
	}
}

func TestVariables(t *testing.T) {
	dir := folder(t, map[string]string{"smtp": "${BANTIN_TEST_PASSWORD}\n", "bantin.yaml": `
site: {url: "https://bantin.example.org/", title: "${BANTIN_TEST_TITLE} $${NAME}"}
smtp: {host: localhost, from: a@example.org, username: a, password_file: "${BANTIN_TEST_DIR}/smtp"}
`})
	t.Setenv("BANTIN_TEST_DIR", dir)
	t.Setenv("BANTIN_TEST_TITLE", "Hội Khuyến học")
	c, report := config.Load(filepath.Join(dir, "bantin.yaml"))
	if err := report.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := c.Site.Title, "Hội Khuyến học ${NAME}"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if c.Site.URL != "https://bantin.example.org" {
		t.Errorf("url %q keeps its slash", c.Site.URL)
	}
	if _, err := c.SMTP.Password(); err == nil {
		t.Error("a password file that names a variable that is not set is taken")
	}
	t.Setenv("BANTIN_TEST_PASSWORD", "bí mật")
	if got, err := c.SMTP.Password(); got != "bí mật" || err != nil {
		t.Errorf("Password() = %q, %v", got, err)
	}
}

func TestWhatAVariableHoldsIsNeverPrinted(t *testing.T) {
	const secret = "hush-hush"
	t.Setenv("BANTIN_TEST_SECRET", secret)
	_, report := load(t, `
site: {url: "${BANTIN_TEST_SECRET}", language: "${BANTIN_TEST_SECRET}", timezone: "${BANTIN_TEST_SECRET}", contact: "${BANTIN_TEST_SECRET}", secret_file: "${BANTIN_TEST_SECRET}"}
feeds: [{id: "${BANTIN_TEST_SECRET} ", select: {places: ["${BANTIN_TEST_SECRET}"], clusters: ["${BANTIN_TEST_SECRET}"], sources: ["${BANTIN_TEST_SECRET}"]}}]
digests: [{id: a, schedule: "${BANTIN_TEST_SECRET}", skip: ["${BANTIN_TEST_SECRET}"], late: "${BANTIN_TEST_SECRET}"}]
smtp: {host: localhost, from: "${BANTIN_TEST_SECRET}", username: u, password_file: "/${BANTIN_TEST_SECRET}"}
`)
	if len(report.Problems) < 12 {
		t.Errorf("only %d problems:\n%s", len(report.Problems), written(t, report, bantin.English))
	}
	for _, lang := range bantin.Languages() {
		if text := written(t, report, lang); strings.Contains(text, secret) {
			t.Errorf("the report shows it:\n%s", text)
		}
	}
	if err := report.Err(); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("Err() = %v", err)
	}
}

func TestJSONOfAProblem(t *testing.T) {
	_, report := load(t, "site: {url: https://bantin.example.org}\nfeeds: [{id: a, limitt: 3}]\n")
	report.Problems[0].File = "bantin.yaml"
	got, err := json.Marshal(report.Problems)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"file":"bantin.yaml","line":2,"column":17,"message":"unknown key \"limitt\" (did you mean \"limit\"?)","hint":"possible: id, title, limit, select, per, aliases, gone"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestFilesThatAreNoFileOfOurs(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no UTF-8":     {"site: {title: \"H\xe1\xbb\"}\n", "not text in UTF-8"},
		"NUL":          {"site: {title: \"a\x00\"}\n", "not text in UTF-8"},
		"too large":    {strings.Repeat("# x\n", 300_000), "larger than 1 MB"},
		"too deep":     {strings.Repeat("[", 100_000), "nested too deep"},
		"dashes":       {strings.Repeat("- ", 100_000), "nested too deep"},
		"too many":     {strings.Repeat("a: b\n", 60_000), "there twice"},
		"control":      {"site: {title: \"a\\r\\nBcc: x\"}\n", "control character"},
		"alias bomb":   {"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "unknown key"},
		"many unknown": {strings.Repeat("[a]: b\n", 3), "key"},
	} {
		start := time.Now()
		_, report := load(t, c.text)
		if text := written(t, report, bantin.English); !strings.Contains(text, c.want) || report.Err() == nil {
			t.Errorf("%s: %.500s\nwant %q", name, text, c.want)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func TestAFileWithByteOrderMarkAndCRLF(t *testing.T) {
	c, report := load(t, "\uFEFFsite:\r\n  title: Hội Khuyến học\r\n  url: https://bantin.example.org\r\n")
	if len(report.Problems) > 0 || c.Site.Title != "Hội Khuyến học" {
		t.Errorf("title %q\n%s", c.Site.Title, written(t, report, bantin.English))
	}
}

func TestNoSuchFile(t *testing.T) {
	_, report := config.Load(filepath.Join(t.TempDir(), "bantin.yaml"))
	if text := written(t, report, bantin.Vietnamese); report.Err() == nil || !strings.Contains(text, "không có tệp này") {
		t.Error(text)
	}
}

func TestManyProblemsAreCutShort(t *testing.T) {
	_, report := load(t, "site: {url: https://bantin.example.org}\nfeeds:\n"+strings.Repeat("  - {limitt: 3}\n", 500))
	if n := len(report.Problems); n != 101 {
		t.Errorf("%d problems", n)
	}
}

// What cannot be read at all is told with what to do about it.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ path, vi, en string }{
		{dir, dir + ": đây là thư mục\n    ghi cả tên tệp: " + filepath.Join(dir, "bantin.yaml") + "\n",
			dir + ": this is a folder\n    name the file: " + filepath.Join(dir, "bantin.yaml") + "\n"},
		{"không-có.yaml", "không-có.yaml: không có tệp này\n    ghi đường dẫn của tệp sau --config; `bantin init` viết một tệp mẫu\n",
			"không-có.yaml: the file does not exist\n    give its path with --config; `bantin init` writes a sample file\n"},
	} {
		_, report := config.Load(tt.path)
		if diff := cmp.Diff([]string{tt.vi, tt.en}, []string{written(t, report, bantin.Vietnamese), written(t, report, bantin.English)}); diff != "" {
			t.Errorf("%s: %s", tt.path, diff)
		}
	}
}
