package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"bantin/mailer"
)

// previewJSON is a preview for programs.
type previewJSON struct {
	Contact string `json:"contact"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	File    string `json:"file,omitempty"`
	To      string `json:"to,omitempty"`    // a test went there
	Reply   string `json:"reply,omitempty"` // and the server said
}

func (a digestCommands) showPreview(ctx context.Context, w *deps, f previewFlags, letter *mailer.ComposedMessage, rendered mailer.Rendered, p mailer.RecipientFields) error {
	own := strings.NewReplacer(mailer.TokenPlaceholder, p.UnsubscribeToken)
	row := previewJSON{Contact: f.contact, Subject: rendered.Subject, Text: own.Replace(rendered.Text), HTML: own.Replace(rendered.HTML), File: f.out, To: f.to}
	if f.out != "" {
		message, err := letter.AppendFile(nil, p)
		if err != nil {
			return err
		}
		if err := os.WriteFile(f.out, message, 0o640); err != nil {
			return fmt.Errorf("write preview: %w", err)
		}
		a.note("Đã ghi %s", "Wrote %s", f.out)
	}
	if f.to != "" {
		var err error
		if row.Reply, err = w.sendTest(ctx, letter, p); err != nil {
			return err
		}
		a.note("Đã gửi thử tới %s: %s", "Sent a test to %s: %s", f.to, row.Reply)
	}
	switch {
	case a.json:
		return a.printJSON(row)
	case f.out == "" && f.to == "":
		fmt.Fprintf(a.out, "%s: %s\n\n%s", a.language.Say("Tiêu đề", "Subject"), row.Subject, row.Text)
	}
	return nil
}

// sendTest mails one message outside the ledger, since it is nobody's digest,
// and gives what the server said.
func (w *deps) sendTest(ctx context.Context, letter *mailer.ComposedMessage, p mailer.RecipientFields) (string, error) {
	transport, err := w.transport()
	if err != nil {
		return "", err
	}
	conn, err := transport.Open(ctx)
	if err != nil {
		return "", err
	}
	reply, err := mailer.Deliver(ctx, conn, mailer.RecipientMessage{Message: letter, Recipient: p})
	return reply, errors.Join(err, conn.Close())
}
