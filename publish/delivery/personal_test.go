package delivery

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/templates"
)

// A template that greets each contact by their name: each gets their own, and the
// others' segments are composed once as ever.
func TestTemplateThatNamesTheContact(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "mail"), 0o755); err != nil {
		t.Fatal(err)
	}
	text := `{{if eq .Place "Phú Thọ"}}Kính gửi {{.Contact.Name}},{{else}}Kính gửi quý vị,{{end}} {{.UnsubscribeURL}}`
	if err := os.WriteFile(filepath.Join(dir, "mail", "digest.txt"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t)
	composed := 0
	o.composer.Render = func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		composed++
		return mailer.RenderDigest(set, subject, m)
	}
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	var list []bantin.Contact
	for i := range 100 {
		list = append(list, bantin.Contact{Email: fmt.Sprintf("c%d@example.org", i), Name: fmt.Sprintf("Nguyễn Thị Thứ %d", i), Place: []string{"phu-tho", "can-tho"}[i%2]})
	}
	o.Import(list)
	server := smtptest.Start(t, nil)
	e, deliverer := o.edition(), o.deliverer(server)
	deliverer.Connections = 1
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 100)
	for _, m := range server.Messages() {
		var i int
		fmt.Sscanf(m.To, "c%d@", &i)
		want := "Kính gửi quý vị,"
		if i%2 == 0 {
			want = fmt.Sprintf("Kính gửi Nguyễn Thị Thứ %d,", i)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(m.Data)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(body), want) {
			t.Errorf("%s is not greeted as %q", m.To, want)
		}
	}
	if composed != 1+50+1+1 { // once to see that it is personal, once for nobody, and each of 50; once for the others
		t.Errorf("%d messages were rendered", composed)
	}
}
