package doctor

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"bantin"
	"bantin/mailer/dkim"
)

// checkDKIM asks whether the DNS holds the keys that sign (RFC 6376 3.6).
func checkDKIM(ctx context.Context, o *Options) Finding {
	switch {
	case o.Mail == nil:
		return noMail()
	case len(o.Mail.Keys) == 0:
		return warning(words("thư không được ký: không có smtp.dkim", "messages are not signed: there is no smtp.dkim"),
			words("nếu nơi chuyển thư không tự ký thì tạo khóa: bantin dkim generate", "unless the relay signs them, make a key: bantin dkim generate"))
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	var good []bantin.Words
	for _, key := range o.Mail.Keys {
		f := o.dkimKey(ctx, key)
		if f.Status != OK {
			return f
		}
		good = append(good, f.What)
	}
	return ok(join(good...))
}

func (o *Options) dkimKey(ctx context.Context, key Key) Finding {
	name := key.Selector + "._domainkey." + key.Domain
	want, err := dkim.Record(key.Public)
	if err != nil {
		return failed(words("khóa DKIM không dùng được: %v", "the DKIM key cannot be used: %v", err), words("tạo khóa mới: bantin dkim generate", "make a new one: bantin dkim generate"))
	}
	texts, err := o.resolver().LookupTXT(ctx, name+".")
	switch {
	case isMissing(err):
		return failed(words("DNS không có %s: bên nhận coi chữ ký là hỏng", "the DNS has no %s: receivers take the signature for broken", name), record(name, want))
	case err != nil:
		return silentDNS(name, err)
	}
	for _, text := range texts {
		tags := parseTags(text)
		published := publicKey(tags["p"])
		same, _ := key.Public.(interface{ Equal(crypto.PublicKey) bool })
		switch {
		case published == nil || same == nil || !same.Equal(published):
			continue
		case strings.Contains(":"+tags["t"]+":", ":y:"):
			return warning(words("%s còn ghi t=y (chạy thử): bên nhận bỏ qua chữ ký", "%s still says t=y (testing): receivers ignore the signature", name), record(name, want))
		}
		return ok(words("DNS có khóa ký %s", "the DNS has the signing key %s", name))
	}
	return failed(words("khóa ở %s không phải khóa đang ký: chữ ký nào cũng hỏng", "the key at %s is not the one that signs: every signature is broken", name), record(name, want))
}

// parseTags reads a tag list (RFC 6376 3.2). White space within values is left out.
func parseTags(text string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, found := strings.Cut(part, "=")
		if found {
			tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
		}
	}
	return tags
}

// publicKey reads the tag p=: of RSA a SubjectPublicKeyInfo or, as some publish it, the
// key alone (RFC 8017 A.1.1); of Ed25519 the key alone (RFC 8463 4.2). It returns nil for
// anything else.
func publicKey(p string) crypto.PublicKey {
	der, err := base64.StdEncoding.DecodeString(p)
	if err != nil {
		return nil
	}
	if len(der) == ed25519.PublicKeySize {
		return ed25519.PublicKey(der)
	}
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return (*rsa.PublicKey)(key)
	}
	return nil
}
