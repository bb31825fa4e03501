package bounce_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"bantin/mailer/bounce"
)

// TestReplies holds what servers answer against what it means, each within a
// delivery status notification.
func TestReplies(t *testing.T) {
	text, err := os.ReadFile("testdata/replies.txt")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		kind, rest, _ := strings.Cut(line, " ")
		reason, answer, _ := strings.Cut(rest, " ")
		report := bounce.Classify([]byte(notification("lan@example.org", "failed", "", answer)))
		got := report.Recipients[0]
		if string(got.Kind) != kind || string(got.Reason) != reason {
			t.Errorf("replies.txt:%d: %s\n  got %s %s (%q in %s, status %s)", n+1, line, got.Kind, got.Reason, got.Because.Found, got.Because.Field, got.Status)
		}
	}
}

// notification is a delivery status notification as Postfix writes it.
func notification(address, action, status, answer string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bantin@hoi.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; %s
Action: %s
Status: %s
Diagnostic-Code: smtp; %s

--b1
Content-Type: message/rfc822

From: Hội Khuyến học <bantin@hoi.example>
To: Chị Lan <%[1]s>
Subject: Bản tin khuyến học trong tuần
Message-ID: <0123456789abcdef@bantin.hoi.example>

Hộp thư đầy, user unknown, blocked: chữ trong thư gốc không nói lên điều gì.
--b1--
`, address, action, status, answer), "\n", "\r\n")
}
