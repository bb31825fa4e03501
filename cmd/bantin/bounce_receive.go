package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"bantin/mailer/bounce"
)

// exitTempFail is EX_TEMPFAIL of sysexits.h: a mail server keeps the message
// and tries again. Any other status would have it thrown away. It is the only one
// but 0 that a command ends with which has the annotation ofMailServer, also where
// the alias it stands in is written wrong.
const (
	exitTempFail = 75
	ofMailServer = "of a mail server"
)

func (a bounceCommands) receiveCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:         "receive",
		Annotations: map[string]string{ofMailServer: "yes"},
		Short:       a.text("Nhận một thư trả lại từ đầu vào chuẩn, như máy chủ thư đưa sang", "Read one returned message from standard input, as a mail server's alias pipes it"),
		Long: a.text(`Nhận một thư trả lại từ đầu vào chuẩn. Trong tệp aliases của Postfix:

    tra-lai: "|/usr/local/bin/bantin --config /etc/bantin/bantin.yaml bounce receive"

Lệnh chạy với quyền của chủ tệp aliases đó (nếu là root thì của nobody): người ấy phải
đọc được tệp cấu hình và ghi được thư mục dữ liệu. Có trục trặc gì thì máy chủ thư được báo hãy thử lại sau (mã 75).`,
			`Read one returned message from standard input. In Postfix's aliases:

    tra-lai: "|/usr/local/bin/bantin --config /etc/bantin/bantin.yaml bounce receive"

The command runs as the owner of that file (as nobody if that is root), who must be able to
read the configuration and write to the data directory. On any failure it asks the mail
server to try again later (status 75).`),
		Example: asTyped("bantin bounce receive --to tra-lai@example.org < thu-tra-lai.eml"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.forMailServer = true
			return a.receive(cmd.Context(), cmd.InOrStdin(), to)
		},
	}
	c.Flags().StringVar(&to, "to", "", a.text("thư đến địa chỉ `ADDRESS` (nếu không ghi: theo ORIGINAL_RECIPIENT hoặc RECIPIENT của Postfix)", "the `ADDRESS` it was delivered to (default: ORIGINAL_RECIPIENT or RECIPIENT of Postfix)"))
	return c
}

// receive reads the message to its end before anything else can fail: a mail
// server that cannot write it all tries again for ever.
func (a bounceCommands) receive(ctx context.Context, in io.Reader, to string) error {
	raw, err := io.ReadAll(io.LimitReader(in, bounce.MaxMessageBytes))
	if err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	return a.withReturns(ctx, func(w *deps) error { return a.take(ctx, w, raw, to) })
}

func (a bounceCommands) take(ctx context.Context, w *deps, raw []byte, to string) error {
	taken, err := w.returns().Process(ctx, raw, cmp.Or(to, os.Getenv("ORIGINAL_RECIPIENT"), os.Getenv("RECIPIENT")))
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Ours   bool   `json:"ours"`
			Fresh  bool   `json:"fresh,omitempty"`
			Kind   string `json:"kind"`
			Reason string `json:"reason,omitempty"`
			Proof  string `json:"proof,omitempty"`
			Done   string `json:"done"`
		}{taken.Ours, taken.Fresh, taken.Kind, taken.Reason, taken.Proof, taken.Done})
	}
	kind, reason := bounce.Kind(taken.Kind).Words().In(a.language), bounce.Reason(taken.Reason).Words().In(a.language)
	switch {
	case !taken.Ours:
		a.say("không phải về thư của ta, để yên: %s – %s", "not about our mail, ignored: %s – %s", kind, reason)
	case !taken.Fresh:
		a.say("đã nhận trước đây: %s – %s", "already received: %s – %s", kind, reason)
	default:
		a.say("%s – %s: %s", "%s – %s: %s", kind, reason, doneWords(taken.Done).In(a.language))
	}
	return nil
}
