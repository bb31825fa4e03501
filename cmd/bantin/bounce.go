package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"bantin/mailer/bounce"
)

// bounceCommands are the subcommands of `bantin bounce`.
type bounceCommands struct{ *app }

func (a bounceCommands) command() *cobra.Command {
	classify := &cobra.Command{
		Use:     "classify FILE...",
		Short:   a.text("Cho biết chương trình hiểu thư trả lại ra sao, và vì sao", "Classify bounces and explain each verdict"),
		Example: asTyped("bantin bounce classify thu-tra-lai.eml"),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, file := range args {
				if err := a.classify(file); err != nil {
					return err
				}
			}
			return nil
		},
	}
	return a.group("bounce", "Thư trả lại, khiếu nại và trả lời tự động", "Classify and receive bounces, complaints and automatic replies", classify, a.receiveCommand(), a.alarmsCommand(), a.unknownCommand())
}

// classify reads a message, or a mailbox of several.
func (a bounceCommands) classify(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for report, err := range bounce.ReadAll(f) {
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for i := range report.Recipients {
			if err := a.tellReturn(file, report, &report.Recipients[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a bounceCommands) tellReturn(file string, report *bounce.Classification, r *bounce.Recipient) error {
	if a.json {
		return a.printJSON(struct {
			File       string        `json:"file"`
			Kind       bounce.Kind   `json:"kind"`
			Recipient  string        `json:"recipient,omitempty"`
			Status     string        `json:"status,omitempty"`
			Reason     bounce.Reason `json:"reason,omitempty"`
			Diagnostic string        `json:"diagnostic,omitempty"`
			Field      string        `json:"field,omitempty"`
			Found      string        `json:"found,omitempty"`
			Line       int           `json:"line,omitempty"`
			MessageID  string        `json:"message_id,omitempty"`
		}{file, r.Kind, r.Address, r.Status, r.Reason, r.Diagnostic, r.Because.Field, r.Because.Found, r.Because.Line, report.Original.MessageID})
	}
	a.say("%s: %s – %s", "%s: %s – %s", file, r.Kind.Words().In(a.language), r.Reason.Words().In(a.language))
	a.detail("người nhận", "recipient", r.Address)
	a.detail("mã", "status", r.Status)
	a.detail("vì", "because", because(a.app, r))
	a.detail("máy chủ nói", "the server said", r.Diagnostic)
	a.detail("thư gốc", "message that came back", report.Original.MessageID)
	if report.Truncated {
		a.note("  chỉ đọc %d byte đầu", "  only the first %d bytes were read", bounce.MaxMessageBytes)
	}
	return nil
}

// detail prints one line below a result, and none for what is not known.
func (p *printer) detail(vi, en, value string) {
	if value != "" {
		p.say("  %s: %s", "  %s: %s", p.language.Say(vi, en), value)
	}
}

// because explains a verdict on one line: the rule, the words, the place.
func because(a *app, r *bounce.Recipient) string {
	text := r.Because.Rule.In(a.language)
	if r.Because.Found != "" {
		text += fmt.Sprintf(" %q", r.Because.Found)
	}
	if field := r.Because.Field; field == "text" {
		text += a.language.Say(" trong nội dung", " in the text")
	} else if field != "" {
		text += a.language.Say(" ở "+field, " in "+field)
	}
	if r.Because.Line > 0 {
		text += fmt.Sprintf(" (wording.txt:%d)", r.Because.Line)
	}
	return text
}
