package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"bantin/mailer/dkim"
)

// dkimFlags are the flags of `bantin dkim generate`.
type dkimFlags struct{ domain, selector, kind, out string }

// dkimCommands are the subcommands of `bantin dkim`.
type dkimCommands struct{ *app }

func (a dkimCommands) command() *cobra.Command {
	var f dkimFlags
	c := &cobra.Command{
		Use:     "generate --domain DOMAIN --selector NAME --out FILE",
		Short:   a.text("Tạo khóa ký thư và in bản ghi DNS của nó", "Generate a DKIM key and print its DNS record"),
		Example: asTyped("bantin dkim generate --domain example.org --selector s1 --out /etc/bantin/dkim.pem"),
		RunE:    func(*cobra.Command, []string) error { return a.generateKey(f) },
	}
	c.Flags().StringVar(&f.domain, "domain", "", a.text("tên miền ký thư (`DOMAIN`), như example.org", "signing `DOMAIN`, such as example.org"))
	c.Flags().StringVar(&f.selector, "selector", "", a.text("tên của khóa trong DNS (`NAME`), như s1; khóa mới cần tên mới", "selector `NAME` in DNS, such as s1; a new key needs a new one"))
	c.Flags().StringVar(&f.kind, "type", "rsa", a.text("`TYPE`: rsa (2048 bit; nơi nào cũng hiểu) hoặc ed25519 (dùng thêm bên cạnh khóa rsa)", "`TYPE`: rsa (2048 bits; every receiver supports it) or ed25519 (in addition to an rsa key)"))
	c.Flags().StringVar(&f.out, "out", "", a.text("ghi khóa riêng vào `FILE`, chưa được có sẵn", "write the private key to `FILE`, which must not exist"))
	return a.group("dkim", "Khóa ký thư (DKIM)", "Keys that sign mail (DKIM)", c)
}

func (f *dkimFlags) check() error {
	name := regexp.MustCompile(`(?i)^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
	switch {
	case !name.MatchString(f.domain) || !strings.Contains(f.domain, "."):
		return wrongUsage("--domain %q: cần một tên miền như example.org", "--domain %q: want a domain such as example.org", f.domain)
	case !name.MatchString(f.selector):
		return wrongUsage("--selector %q: chỉ gồm chữ, số và dấu -, như s1", "--selector %q: want letters, digits and hyphens, such as s1", f.selector)
	case f.out == "":
		return wrongUsage("thiếu --out FILE: ghi khóa riêng vào đâu?", "--out FILE is missing: where to write the private key?")
	case f.kind != "rsa" && f.kind != "ed25519":
		return wrongUsage("--type %q: chỉ có rsa hoặc ed25519", "--type %q: want rsa or ed25519", f.kind)
	}
	return nil
}

func (a dkimCommands) generateKey(f dkimFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	key, err := newDKIMKey(f.kind)
	if err != nil {
		return err
	}
	record, err := dkim.Record(key.Public())
	if err != nil {
		return err
	}
	if err := writeKey(f.out, key); err != nil {
		return err
	}
	name := f.selector + "._domainkey." + f.domain
	if a.json {
		return a.printJSON(struct {
			Name    string   `json:"name"`
			Type    string   `json:"type"`
			Record  string   `json:"record"`
			Strings []string `json:"strings"`
			KeyFile string   `json:"key_file"`
		}{name, "TXT", record, dkim.SplitTXT(record), f.out})
	}
	a.note("Khóa riêng nằm trong %s: chỉ người chạy bantin được đọc, và giữ nó trong bản sao lưu.",
		"The private key is in %s: only who runs bantin may read it; keep it in the backup.", f.out)
	a.note("\nGhi bản ghi này vào DNS (một dòng của tệp vùng):", "\nAdd this record to DNS (one line of a zone file):")
	fmt.Fprintln(a.out, dkim.ZoneFileLine(name, record))
	a.note("\nKhi DNS đã có nó, thêm vào YAML, dưới smtp:", "\nOnce DNS has it, add to the YAML, under smtp:")
	file, err := filepath.Abs(f.out) // the YAML may be in another folder
	fmt.Fprintf(a.out, "dkim: {domain: %s, selector: %s, key_file: %q}\n", f.domain, f.selector, file)
	return err
}

func newDKIMKey(kind string) (crypto.Signer, error) {
	if kind == "ed25519" {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	const bits = 2048 // RFC 8301 3.2; 4096 fit into few DNS answers
	return rsa.GenerateKey(rand.Reader, bits)
}

// writeKey writes a key that only its owner may read; it never overwrites one:
// without it the record that stands in the DNS is worth nothing.
func writeKey(file string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write key: %s is there already and is not overwritten: choose another file", file)
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	err = pem.Encode(out, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(fmt.Errorf("write key: %w", err), os.Remove(file))
	}
	return nil
}

// signers are the keys of smtp.dkim.
func (w *deps) signers() ([]*dkim.Signer, error) {
	if w.config.SMTP == nil {
		return nil, nil
	}
	var list []*dkim.Signer
	for i := range w.config.SMTP.DKIM {
		d := &w.config.SMTP.DKIM[i]
		key, err := d.Key()
		if err != nil {
			return nil, fmt.Errorf("read key %s: %w", d.KeyFile, err)
		}
		signer, err := dkim.New(d.Domain, d.Selector, key)
		if err != nil {
			return nil, err
		}
		list = append(list, signer)
	}
	return list, nil
}
