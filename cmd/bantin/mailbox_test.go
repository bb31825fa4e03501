package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bantin/internal/imaptest"
)

// A mailbox on a real server: mails become bulletins once each, what is refused
// is told and stays, and a server that is gone stops nobody else.
func TestMailboxIsCollected(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	f := newFolder(t, map[string]string{"bantin.yaml": fmt.Sprintf(`site: {title: Hội Khuyến học, url: https://bantin.example.org, contact: vanphong@example.org, language: en}
sources:
  - {id: hop-thu, kind: mailbox, url: %q, password_file: mat-khau, senders: [vanphong@example.org], trust: any}
  - {id: van-phong, kind: folder, path: bulletins}
`, server.URL()), "mat-khau": "${MAT_KHAU}\n", "bulletins/tin.md": "# Tin của thư mục\n\nHội Khuyến học họp.\n"})
	collect := func() ended {
		cmd := exec.Command("bantin", "collect")
		cmd.Env = append(cmd.Environ(), "SSL_CERT_FILE="+server.CA, "MAT_KHAU="+imaptest.Password)
		return f.end(cmd)
	}
	server.Deliver("From: Văn phòng <vanphong@example.org>\r\nSubject: =?utf-8?Q?Trao_h=E1=BB=8Dc_b=E1=BB=95ng?=\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\n\r\nPhú Thọ trao 120 suất.\r\n")
	server.Deliver("From: ai-do@example.net\r\nSubject: Chao hang\r\n\r\nMua đi.\r\n")
	first := collect()
	if first.status != 0 || !strings.Contains(first.out, "hop-thu: 1 added") || !strings.Contains(first.err, `mail "Chao hang" from "ai-do@example.net": the sender is not listed under senders`) {
		t.Fatalf("status %d\n%s%s", first.status, first.out, first.err)
	}
	if again := collect(); again.status != 0 || !strings.Contains(again.out, "hop-thu: 0 added") || again.err != "" {
		t.Errorf("again: status %d\n%s%s", again.status, again.out, again.err)
	}
	if list := f.ok("bulletins", "list"); !strings.Contains(list, "Trao học bổng") || strings.Contains(list, "Chao hang") {
		t.Errorf("the list is\n%s", list)
	}
	server.Stop()
	f.write("bulletins/hai.md", "# Tin thứ hai\n\nHội Khuyến học lại họp.\n")
	gone := collect()
	if gone.status != 1 || !strings.Contains(gone.out, "van-phong: 1 added") || strings.Contains(gone.out+gone.err, imaptest.Password) {
		t.Errorf("no server: status %d\n%s%s", gone.status, gone.out, gone.err)
	}
	if said := f.ok("sources"); !strings.Contains(said, "read mailbox of bulletins at 127.0.0.1") {
		t.Errorf("sources say\n%s", said)
	}
}
