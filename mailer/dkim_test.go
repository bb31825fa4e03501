package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"bantin"
	"bantin/mailer/dkim"
)

// keyring is an RSA and an Ed25519 key with their records in the DNS.
type keyring struct {
	signers []*dkim.Signer
	records map[string]string
}

func newKeyring(t testing.TB) keyring {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k := keyring{records: map[string]string{}}
	for i, key := range []crypto.Signer{rsaKey, edKey} {
		selector := fmt.Sprintf("s%d", i+1)
		signer, err := dkim.New("example.org", selector, key)
		if err != nil {
			t.Fatal(err)
		}
		record, err := dkim.Record(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		k.signers, k.records[selector+"._domainkey.example.org"] = append(k.signers, signer), record
	}
	return k
}

// verify has go-msgauth look at the signatures; all must be good.
func (k keyring) verify(t *testing.T, raw []byte, want int) {
	t.Helper()
	found, err := msgauth.VerifyWithOptions(bytes.NewReader(raw), &msgauth.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return []string{k.records[name]}, nil }})
	if err != nil || len(found) != want {
		t.Fatalf("%d signatures, want %d: %v\n%s", len(found), want, err, raw)
	}
	for _, v := range found {
		if v.Err != nil {
			t.Fatalf("%v\n%s", v.Err, raw)
		}
	}
}

// anyone makes up a recipient.
func anyone(r *mrand.Rand, tokens *Tokens, s Sender) (RecipientFields, error) {
	names := []string{"", "Nguyễn Thị Ánh", `Lê "Bảy" Văn`, "Le Van Bay, Secretary", "Trần  Hai  Khoảng  Trắng",
		strings.Repeat("Công Tằng Tôn Nữ Thị ", 8), "Đặng\tVăn Tab", " Bùi ", "=?UTF-8?Q?giả?="}
	local := strings.Repeat("a.b", 1+r.IntN(20))
	key := make([]byte, keyBytes)
	for i := range key {
		key[i] = byte(r.IntN(256))
	}
	e := &bantin.Edition{Digest: "hang-tuan", Due: time.Unix(r.Int64N(1<<31), 0)}
	return tokens.RecipientFields(s, e, names[r.IntN(len(names))], local+"@phutho.example.org", hex.EncodeToString(key))
}

// Whatever the recipient and wherever a soft line break falls, both
// signatures are good, and without them the message is what it was.
func TestSignatures(t *testing.T) {
	k := newKeyring(t)
	tokens := NewTokens([]byte("bí mật của một máy"))
	r := mrand.New(mrand.NewPCG(8058, 6376))
	for shift := range 80 {
		m := message()
		m.Rendered.HTML = strings.Repeat("x", shift) + " \t " + m.Rendered.HTML
		m.Rendered.Text += strings.Repeat("\n", shift%4) + "  cuối \t"
		if shift%3 > 0 {
			m.Sender.BounceAddress = "tra-lai@example.org"
		}
		m.Sender.Signers = k.signers[:1+shift%2]
		composed, err := Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		p, err := anyone(r, tokens, m.Sender)
		if err != nil {
			t.Fatal(err)
		}
		raw := file(t, composed, p)
		k.verify(t, raw, len(m.Sender.Signers))
		m.Sender.Signers = nil
		plain, err := Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		fields, ok := bytes.CutSuffix(raw, file(t, plain, p))
		if !ok {
			t.Fatal("signing changes the message")
		}
		if size := composed.Size() - plain.Size(); size != len(fields) {
			t.Fatalf("signatures of %d bytes count as %d", len(fields), size)
		}
		for line := range strings.Lines(string(fields)) {
			if len(line) > 78 {
				t.Fatalf("a line of %d bytes: %s", len(line), line)
			}
		}
		wire, err := composed.AppendWire(nil, p)
		if err != nil || !bytes.Equal(wire, dotStuff(raw)) {
			t.Fatalf("the wire form is not the stuffed message: %v", err)
		}
	}
}

// What is changed or added on the way is seen.
func TestSignaturesSeeChanges(t *testing.T) {
	k := newKeyring(t)
	m := message()
	m.Sender.Signers = k.signers
	composed, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewTokens([]byte("bí mật")).RecipientFields(m.Sender, &bantin.Edition{Digest: m.Digest}, "Nguyễn Thị Ánh", "anh@example.org", randomKey())
	if err != nil {
		t.Fatal(err)
	}
	raw := string(file(t, composed, p))
	k.verify(t, []byte(raw), 2)
	for what, changed := range map[string]string{
		"a link":          strings.Replace(raw, "unsubscribe/", "unsubscribf/", 1),
		"one more From":   "From: <ai@example.net>\r\n" + raw,
		"one more Cc":     "Cc: <ai@example.net>\r\n" + raw,
		"one more List":   "List-Unsubscribe: <https://example.net>\r\n" + raw,
		"one-click added": "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + raw,
		"the word at end": strings.Replace(raw, "</html>", "</htmL>", 1),
		"no one-click":    strings.Replace(raw, "\r\nList-Unsubscribe-Post", "\r\nX-Unsubscribe-Post", 1),
	} {
		found, err := msgauth.VerifyWithOptions(strings.NewReader(changed), &msgauth.VerifyOptions{
			LookupTXT: func(name string) ([]string, error) { return []string{k.records[name]}, nil }})
		if changed == raw || err != nil || len(found) != 2 || found[0].Err == nil || found[1].Err == nil {
			t.Errorf("%s: %v, %v: not seen", what, found, err)
		}
	}
}

// dkimpy is the verifier that much of the world runs; it reads standard input.
const dkimpy = `import sys, dkim
raw, records = sys.stdin.buffer.read(), dict(line.split(" ", 1) for line in open(sys.argv[1]).read().splitlines())
d = dkim.DKIM(raw)
for i in range(2):
    if not d.verify(idx=i, dnsfunc=lambda name, timeout=5: records[name.decode().rstrip(".")].encode()):
        sys.exit("signature %d is not valid" % i)
`

func TestSignaturesForDkimpy(t *testing.T) {
	needsDkimpy(t)
	k := newKeyring(t)
	var lines strings.Builder
	for name, record := range k.records {
		lines.WriteString(name + " " + record + "\n")
	}
	records := filepath.Join(t.TempDir(), "records")
	if err := os.WriteFile(records, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r := mrand.New(mrand.NewPCG(1, 2))
	for _, lang := range bantin.Languages() {
		sender := digestSender(k)
		p, err := anyone(r, NewTokens([]byte("bí mật")), sender)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/usr/bin/python3", "-c", dkimpy, records)
		cmd.Stdin = bytes.NewReader(composeDigest(t, digestMail(lang), sender, p))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", lang, err, out)
		}
	}
}

func needsDkimpy(t *testing.T) {
	t.Helper()
	testneed.Long(t, "runs dkimpy")
	if err := exec.Command("/usr/bin/python3", "-c", "import dkim, nacl").Run(); err == nil {
		return
	}
	testneed.Skip(t, "python3-dkim and python3-nacl")
}

// RSA-2048 is to cost at most 1.1 times what signing alone does, Ed25519 3
// times: the rest is the message, its headers and its hashes.
func BenchmarkSigned(b *testing.B) {
	k := newKeyring(b)
	for _, signer := range k.signers {
		b.Run(signer.Algorithm(), func(b *testing.B) { benchmarkSigned(b, signer) })
	}
}

func benchmarkSigned(b *testing.B, signer *dkim.Signer) {
	sender := digestSender(keyring{signers: []*dkim.Signer{signer}})
	composed := composedDigest(b, digestMail(bantin.Vietnamese), sender)
	p, err := NewTokens([]byte("bí mật")).RecipientFields(sender, &bantin.Edition{Digest: "hang-tuan"}, "Nguyễn Thị Ánh", "anh@example.org", randomKey())
	if err != nil {
		b.Fatal(err)
	}
	sum := make([]byte, 32)
	var alone, whole time.Duration
	var buf []byte
	for b.Loop() { // by turns, so that both meet the same machine
		begin := time.Now()
		if _, err := signer.Sign(sum); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if buf, err = composed.AppendWire(buf[:0], p); err != nil {
			b.Fatal(err)
		}
		alone, whole = alone+middle.Sub(begin), whole+time.Since(middle)
	}
	b.ReportMetric(float64(whole)/float64(alone), "x-signing-alone")
	b.ReportMetric(float64(len(buf))/1024, "KiB/message")
	b.ReportMetric(float64(whole.Microseconds())/float64(b.N), "µs/message")
}
