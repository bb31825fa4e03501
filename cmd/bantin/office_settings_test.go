package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What may be a secret is shown to nobody; the rest stays as it is written.
func TestWithoutSecrets(t *testing.T) {
	for in, want := range map[string]string{
		"database: postgres://bantin:mật-khẩu@db/bantin": "database: postgres://bantin:…@db/bantin",
		"database: postgres://bantin@db/bantin":          "database: postgres://bantin@db/bantin",
		"  password_file: /run/credentials/smtp":         "  password_file: /run/credentials/smtp",
		"  password: abc":                                "  password: …",
		"  client_secret: \"abc\"":                       "  client_secret: …",
		"alarm: {url: https://hooks.example.org/T024}":   "alarm: …",
		"alarm:\n  url: https://hooks.example.org/T024\n  command: [/usr/local/bin/tell, \"0123\"]\n  after: 5m\nsmtp:\n  host: a:b": "alarm:\n  url: …\n  command: …\n  after: 5m\nsmtp:\n  host: a:b",
		"alarm:\n  command:\n    - /usr/local/bin/tell\n    - \"a: b\"\n":                                                            "alarm:\n  command:…\n    …\n    …",
		"alarm:\n  url:\n    https://hooks.example.org/T024\n":                                                                       "alarm:\n  url:…\n    …",
		"# ghi chú: một dòng\nsite: {title: Hội}":                                                                                    "# ghi chú: một dòng\nsite: {title: Hội}",
	} {
		if diff := cmp.Diff(want, strings.Join(withoutSecrets(in), "\n")); diff != "" {
			t.Errorf("of %q (-want +got)\n%s", in, diff)
		}
	}
}
