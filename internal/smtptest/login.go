//go:build unix

package smtptest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bantin/internal/certtest"
	"bantin/internal/freeport"
	"bantin/internal/testneed"
)

// StartLoginPostfix runs a Postfix that takes mail, after STARTTLS, from who logs in with
// this password alone, which Dovecot checks. roots is the certificate to trust.
func StartLoginPostfix(t testing.TB, user, password string) (r *Real, roots string) {
	t.Helper()
	testneed.Long(t, "runs Postfix and Dovecot")
	program, err := exec.LookPath("/usr/sbin/dovecot")
	if err != nil {
		testneed.Skip(t, "dovecot")
	}
	if os.Getuid() != 0 {
		testneed.Skip(t, "root, who alone may start Postfix")
	}
	port := freeport.Port(t)
	auth := folderOfRoot(t)
	writeFile(t, filepath.Join(auth, "users"), user+":{PLAIN}"+password+"::::::\n")
	writeFile(t, filepath.Join(auth, "dovecot.conf"), fmt.Sprintf(authConf, auth, port))
	start(t, port, program, "-F", "-c", filepath.Join(auth, "dovecot.conf"))
	cert := certtest.New(t)
	dir, smtp := startPostfix(t, fmt.Sprintf(loginMain, port), "tlsmgr unix - - n 1000? 1 tlsmgr\n", map[string]string{"cert.pem": cert.Cert, "key.pem": cert.Key})
	return &Real{smtp, func() (map[string]int, error) {
		out, err := exec.Command("postqueue", "-c", dir, "-j").Output()
		if err != nil {
			return nil, fmt.Errorf("list the queue of Postfix: %w", err)
		}
		return postfixQueue(string(out))
	}}, cert.Cert
}

// authConf is a Dovecot 2.3 that checks passwords and does nothing else.
const authConf = `base_dir = %[1]s/run
log_path = %[1]s/log
protocols =
default_login_user = dovenull
default_internal_user = dovecot
default_internal_group = dovecot
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0 secs
passdb {
  driver = passwd-file
  args = %[1]s/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = %[2]d
  }
}
`

// The folder of Postfix is %%[1]s: startPostfix puts it in.
const loginMain = `alias_maps =
smtpd_tls_cert_file = %%[1]s/cert.pem
smtpd_tls_key_file = %%[1]s/key.pem
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:%d
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_client_access static:hold, permit_sasl_authenticated, reject
`
