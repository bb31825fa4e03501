//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	bantin(0, "bantin.yaml", "database", "copy", url)
	bantin(0, "moi.yaml", "check")
	if said := bantin(1, "moi.yaml", "digest", "send", "hang-tuan"); !strings.Contains(said, "một bản sao lưu hoặc bản chép") {
		t.Errorf("the copy mails: %s", said)
	}
	bantin(0, "moi.yaml", "deliveries", "resume")
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
