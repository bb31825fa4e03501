package delivery

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
	"bantin/mailer"
	"bantin/mailer/dkim"
	"bantin/store"
	"bantin/templates"
)

// kept is the message of an edition to an address as it is kept.
func (o *office) kept(e *bantin.Edition, address string) ([]byte, store.RecipientDelivery) {
	o.T.Helper()
	d, err := o.DB.Deliveries().ToAddress(context.Background(), e.Row, address)
	if err != nil {
		o.T.Fatal(err)
	}
	data, err := o.DB.Segments().Get(context.Background(), e.Row, d.Segment, d.Contact)
	if err != nil {
		o.T.Fatalf("%s, segment %d: %v", address, d.Segment, err)
	}
	message, err := mailer.ReadStored(data)
	if err != nil {
		o.T.Fatal(err)
	}
	fields, isWhole, err := message.RecipientFields(o.Tokens, e.Due, d.Name, d.Address, d.Key)
	if err != nil || !isWhole {
		o.T.Fatal(isWhole, err)
	}
	return message.AppendFile(nil, fields), d
}

// unsigned is a message without its DKIM signatures.
func unsigned(data []byte) []byte {
	return regexp.MustCompile(`(?m)^DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*`).ReplaceAll(data, nil)
}

// sameAsReceived checks that what is kept is what a server has received, for each message.
func (o *office) sameAsReceived(e *bantin.Edition, messages []smtptest.Message) {
	o.T.Helper()
	for _, m := range messages {
		got, d := o.kept(e, frozenAddress(m.To))
		if diff := cmp.Diff(string(unsigned(m.Data)), string(got)); diff != "" || d.Status != bantin.DeliverySent {
			o.T.Errorf("the message to %s, %s (-received +kept):\n%s", m.To, d.Status, diff)
		}
	}
}

// frozenAddress is the address in the ledger of who got mail at another spelling of it.
func frozenAddress(to string) string {
	return strings.Replace(to, "@xn--bu-in-7ya42ik46m.", "@bưu-điện.", 1)
}

// readers are contacts of four places who read two languages; each ninth has a name of
// letters that headers encode, and one has an address in a domain of other letters.
func readers(n int) (list []bantin.Contact) {
	for i := range n {
		c := bantin.Contact{Email: fmt.Sprintf("c%d@example.org", i), Place: []string{"phu-tho", "hue", "ca-mau", ""}[i%4], Language: []bantin.Language{"vi", "en"}[i/4%2]}
		if i%9 == 0 {
			c.Name = fmt.Sprintf("Nguyễn Thị Ánh Tuyết Thứ %d, Hội Khuyến học xã Đức Lương", i)
		}
		list = append(list, c)
	}
	return append(list, bantin.Contact{Email: "lan@bưu-điện.example.org", Name: `Lan "Bé" O'Neil`, Place: "hue"})
}

// Each message is kept as the server received it, whatever the templates, the bulletins,
// the contact and the sender are by now.
func TestMessageAsItWasSent(t *testing.T) {
	testneed.Long(t, "takes seconds")
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := dkim.New("example.org", "s1", key)
	if err != nil {
		t.Fatal(err)
	}
	for name, sender := range map[string]mailer.Sender{
		"plain":          {Name: "Hội Khuyến học Việt Nam", Address: "bantin@example.org"},
		"signed":         {Name: "Hội Khuyến học Việt Nam", Address: "bantin@example.org", Signers: []*dkim.Signer{signer, signer}},
		"return paths":   {Name: "Hội Khuyến học", Address: "bantin@example.org", BounceAddress: "tra-lai@example.org", Signers: []*dkim.Signer{signer}},
		"another domain": {Name: "", Address: "tin@hội.example.org", ReplyTo: "vanphong@hội.example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.composer.Sender = sender
			for _, place := range []string{"phu-tho", "hue", "ca-mau"} {
				o.AddBulletin(place, ". Dòng này bắt đầu bằng dấu chấm: học bổng “Vượt khó” ở "+place, place)
			}
			o.AddWeeksNews()
			o.Import(readers(40))
			server := smtptest.Start(t, nil)
			e := o.edition()
			if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
				t.Fatal(err)
			}
			messages := server.Messages()
			if len(messages) != 41 {
				t.Fatalf("%d messages", len(messages))
			}
			o.sameAsReceived(&e, messages)

			o.changeEverything()
			o.sameAsReceived(&e, messages)
			o.nothingPersonal(&e, messages)
		})
	}
}

// changeEverything changes what messages are made of.
func (o *office) changeEverything() {
	o.T.Helper()
	o.Withdraw("phu-tho", "Phú Thọ")
	o.AddBulletin("hue", "Huế: bài này đã được sửa", "hue")
	o.composer.Render = func(string, mailer.DigestMail) (mailer.Rendered, error) {
		return mailer.Rendered{}, errors.New("hỏng")
	}
	o.composer.Sender = mailer.Sender{Name: "Người khác", Address: "khac@example.org", BounceAddress: "khac@example.org"}
	o.Site.URL = "https://khac.example.org"
	o.Exec(`UPDATE contacts SET name = 'Tên mới', place = 'ha-noi', language = 'en', email = 'moi-' || email WHERE id % 2 = 0`)
}

// nothingPersonal checks that what is kept of an edition has nothing of a recipient.
func (o *office) nothingPersonal(e *bantin.Edition, messages []smtptest.Message) {
	o.T.Helper()
	all := &bytes.Buffer{}
	for number := 1; ; number++ {
		data, err := o.DB.Segments().Get(context.Background(), e.Row, number, 0)
		if errors.Is(err, bantin.ErrNotFound) {
			break
		}
		if err != nil {
			o.T.Fatal(err)
		}
		all.Write(data)
	}
	if all.Len() == 0 {
		o.T.Fatal("nothing is kept")
	}
	text := strings.ReplaceAll(all.String(), "=\r\n", "")
	for _, m := range messages {
		d, err := o.DB.Deliveries().ToAddress(context.Background(), e.Row, frozenAddress(m.To))
		if err != nil {
			o.T.Fatal(err)
		}
		fields, err := o.Tokens.RecipientFields(mailer.Sender{BounceAddress: "a@b"}, e, d.Name, d.Address, d.Key)
		if err != nil {
			o.T.Fatal(err)
		}
		for _, word := range []string{m.To, d.Key, fields.MessageID, fields.UnsubscribeToken, fields.UnsubscribeDetail} {
			if strings.Contains(text, word) {
				o.T.Errorf("%q of %s is in what is kept", word, m.To)
			}
		}
	}
}

// A template that greets contacts by their names makes a message for each: each is kept,
// and goes with who is erased.
func TestPersonalMessageAsItWasSent(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "mail"), 0o755); err != nil {
		t.Fatal(err)
	}
	text := `{{if eq .Place "Phú Thọ"}}Kính gửi {{.Contact.Name}},{{else}}Kính gửi quý vị,{{end}} {{range .Sections}}{{range .Items}}{{.Title}}{{end}}{{end}} {{.UnsubscribeURL}}`
	if err := os.WriteFile(filepath.Join(dir, "mail", "digest.txt"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t)
	o.composer.Render = func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		return mailer.RenderDigest(set, subject, m)
	}
	o.AddWeeksNews()
	o.Import(readers(30))
	server := smtptest.Start(t, nil)
	e, deliverer := o.edition(), o.deliverer(server)
	deliverer.Connections = 1 // c0, who is greeted, comes first
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	messages := server.Messages()
	o.sameAsReceived(&e, messages)
	o.nothingPersonal(&e, messages)
	_, erased := o.kept(&e, "c0@example.org")
	if erased.Segment != store.OwnMessage {
		t.Errorf("who is greeted by name has segment %d", erased.Segment)
	}
	if err := o.DB.Contacts().Erase(t.Context(), "c0@example.org", []byte("khóa")); err != nil {
		t.Fatal(err)
	}
	if data, err := o.DB.Segments().Get(t.Context(), e.Row, store.OwnMessage, erased.Contact); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("the message of who was erased is kept: %.80q, %v", data, err)
	}
	o.sameAsReceived(&e, messages[1:])
}

// What is withdrawn while an edition is sent is in the messages of some and not of others:
// each is kept as it was. So is what is sent again hours later, in place of what was sent
// first.
func TestMessageAsItWasSentLast(t *testing.T) {
	o := newOffice(t)
	o.AddBulletin("hue", "Huế mở thư viện", "hue")
	o.AddBulletin("ca-mau", "Cà Mau trao học bổng", "ca-mau")
	o.AddContactsOf(40, "hue", "ca-mau")
	var bodies atomic.Int64
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Body && bodies.Add(1) == 15 {
			o.Withdraw("hue", "Huế")
			time.Sleep(2 * maxWatchAge) // so that the rest is without it
		}
		if stage == smtptest.Body && arg == "c3@example.org" && bodies.Load() <= 40 {
			return smtptest.Answer{Close: true} // accepted, and nobody knows
		}
		return smtptest.Answer{}
	})
	e, deliverer := o.edition(), o.deliverer(server)
	deliverer.Connections = 1
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	last := map[string]smtptest.Message{}
	check := func() {
		t.Helper()
		for _, m := range server.Messages() {
			last[m.To] = m
		}
		for to, m := range last {
			if got, _ := o.kept(&e, to); !bytes.Equal(got, m.Data) {
				t.Errorf("the message to %s (-received +kept):\n%s", to, cmp.Diff(string(m.Data), string(got)))
			}
		}
	}
	check()
	if _, d := o.kept(&e, "c3@example.org"); d.Status != bantin.DeliveryDeferred {
		t.Errorf("c3 is %s", d.Status)
	}
	first := last["c3@example.org"].Data
	o.Skew.Add(int64(3 * time.Hour))
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	check()
	if bytes.Equal(first, last["c3@example.org"].Data) || len(last) != 40 {
		t.Errorf("c3 got the same message again, %d got one", len(last))
	}
}

// Two nodes that deliver an edition store each segment once.
func TestSegmentsOfTwoNodes(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o := newOffice(t)
	o.AddWeeksNews()
	o.AddContactsOf63Places(1300)
	server := smtptest.Start(t, nil)
	e := o.edition()
	o.Skew.Store(0)
	var nodes sync.WaitGroup
	for range 2 {
		nodes.Go(func() {
			if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	o.sameAsReceived(&e, server.Messages())
	if _, err := o.DB.Segments().Get(t.Context(), e.Row, 64, 0); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("there are more than 63 segments: %v", err)
	}
}

// Nodes, and a segment that is composed again, give the same date for some minutes, never
// one that is to come, and a new one then.
func TestDateOfMessages(t *testing.T) {
	due := time.Date(2026, 11, 23, 7, 5, 0, 0, time.UTC)
	for now, want := range map[string]string{
		"07:05:00": "07:05:00", "07:05:59": "07:05:00", "07:14:59": "07:05:00", "07:15:00": "07:15:00", "13:24:59": "13:15:00",
		"07:04:58": "06:55:00", // the clock of a node that is two seconds slow
	} {
		clock, err := time.Parse(time.DateTime, "2026-11-23 "+now)
		if err != nil {
			t.Fatal(err)
		}
		c := &messageCache{edition: &bantin.Edition{Due: due}, zone: time.UTC, now: func() time.Time { return clock }}
		if got := c.date().Format(time.TimeOnly); got != want {
			t.Errorf("at %s it is %s, want %s", now, got, want)
		}
	}
}
