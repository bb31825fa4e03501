//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bantin/internal/officetest"
)

// A small office that has grown moves to PostgreSQL by command, and works there
// as it did.
func TestMoveToPostgres(t *testing.T) {
	t.Parallel()
	url := postgres.Database(t)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yaml := `site: {title: Hội Khuyến học Việt Nam, url: https://bantin.example.org, contact: vanphong@example.org, address: "Số 1 phố Ví Dụ, Hà Nội"}
sources: [{id: van-phong, kind: folder, path: tin, schedule: "@every 1m"}]
digests: [{id: hang-tuan, title: Bản tin trong tuần, schedule: "0 7 * * MON"}]
`
	write("bantin.yaml", yaml)
	write("moi.yaml", "database: "+url+"\n"+yaml)
	write("danh-sach.csv", "email,name,place\nanh@example.org,Nguyễn Thị Ánh,Phú Thọ\n")
	if err := os.Mkdir(filepath.Join(dir, "tin"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("tin/phu-tho.md", "---\ntitle: Phú Thọ tổng kết\n---\nHội Khuyến học tỉnh Phú Thọ tổng kết.\n")
	bantin := func(status int, file string, args ...string) string {
		t.Helper()
		var out, told bytes.Buffer
		if got := run(t.Context(), append([]string{"--config", filepath.Join(dir, file)}, args...), &out, &told); got != status {
			t.Fatalf("%s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, &out, &told)
		}
		return out.String() + told.String()
	}
	bantin(0, "bantin.yaml", "collect")
	bantin(0, "bantin.yaml", "contacts", "import", filepath.Join(dir, "danh-sach.csv"))
	if said := bantin(0, "bantin.yaml", "database", "copy", url); !strings.Contains(said, "Đã chép và đối chiếu") {
		t.Errorf("the copy: %s", said)
	}
	if said := bantin(0, "bantin.yaml", "database", "copy", filepath.Join(dir, "json"), "--json"); !strings.Contains(said, `{"table":"bulletins","rows":1}`) {
		t.Errorf("the copy as JSON: %s", said)
	}
	bantin(0, "moi.yaml", "check")
	if said := bantin(1, "moi.yaml", "digest", "send", "hang-tuan"); !strings.Contains(said, "một bản sao lưu hoặc bản chép") {
		t.Errorf("the copy mails: %s", said)
	}
	bantin(0, "moi.yaml", "deliveries", "resume")
	if said := bantin(1, "bantin.yaml", "database", "copy", url); strings.Contains(said, "Đã chép") || !strings.Contains(said, "không trống") {
		t.Errorf("onto one that is in use: %s", said)
	}
	if said := bantin(0, "moi.yaml", "digest", "send", "hang-tuan"); !strings.Contains(said, "1 đã gửi") {
		t.Errorf("after the move: %s", said)
	}
	if said := bantin(1, "moi.yaml", "backup", filepath.Join(dir, "sao.db")); !strings.Contains(said, "pg_dump") {
		t.Errorf("backup: %s", said)
	}
	bantin(0, "moi.yaml", "database", "copy", filepath.Join(dir, "lai"))
	write("lai.yaml", "data: lai\n"+yaml)
	if said := bantin(0, "lai.yaml", "editions", "list"); !strings.Contains(said, "1 đã gửi") {
		t.Errorf("moved back: %s", said)
	}
}

// The key label on PostgreSQL: it stands before the subject of the digest that has it, as it
// does on SQLite.
func TestLabelOnPostgres(t *testing.T) {
	t.Parallel()
	yaml := strings.NewReplacer(`"0 7 * * MON"}]`, `"0 7 * * MON", label: "[QC]"}, {id: khong-nhan, title: Bản tin khác, schedule: "0 7 * * MON"}]`).Replace(daemonYAML)
	f := newFolder(t, map[string]string{
		"bantin.yaml":          "database: " + postgres.Database(t) + "\n" + yaml,
		"bulletins/phu-tho.md": "# Phú Thọ tổng kết năm học\n\nHội Khuyến học tỉnh Phú Thọ đã tổng kết năm học.\n",
	})
	f.ok("collect")
	f.ok("contacts", "add", "minh@example.org")
	f.ok("digest", "send", "hang-tuan")
	f.ok("digest", "send", "khong-nhan")
	for edition, labelled := range map[string]bool{"hang-tuan-1": true, "khong-nhan-1": false} {
		subject := officetest.MailSubject(t, []byte(f.ok("editions", "message", edition, "--contact", "minh@example.org")))
		if strings.HasPrefix(subject, "[QC] ") != labelled || subject == "" {
			t.Errorf("%s has the subject %q", edition, subject)
		}
	}
	if out := f.ok("digest", "preview", "hang-tuan", "--contact", "minh@example.org"); !strings.Contains(out, "Tiêu đề: [QC] ") {
		t.Errorf("the preview:\n%s", out)
	}
}
