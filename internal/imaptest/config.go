package imaptest

import (
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"

	"bantin/internal/certtest"
	"bantin/internal/testneed"
)

// mailUID owns the mail where the tests run as root, as whom Dovecot opens none.
const mailUID = 65534

// configure writes the configuration, for Dovecot 2.3.
func (s *Server) configure(program, dir string) {
	s.t.Helper()
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		s.t.Fatal(err)
	}
	if !strings.HasPrefix(string(version), "2.3.") {
		testneed.Skip(s.t, "dovecot 2.3, whose configuration this is, and not "+strings.TrimSpace(string(version)))
	}
	me, err := user.Current()
	if err != nil {
		s.t.Fatal(err)
	}
	login, internal, uid, gid := me.Username, me.Username, me.Uid, me.Gid
	if me.Uid == "0" {
		login, internal = "dovenull", "dovecot"
		uid, gid = fmt.Sprint(mailUID), fmt.Sprint(mailUID)
	}
	text := fmt.Sprintf(`base_dir = %[1]s/run
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
default_login_user = %[2]s
default_internal_user = %[3]s
default_internal_group = %[9]s
first_valid_uid = 1
mail_location = maildir:%[4]s
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
passdb {
  driver = passwd-file
  args = %[1]s/users
}
userdb {
  driver = static
  args = uid=%[5]s gid=%[6]s home=%[4]s
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[7]d
  }
  inet_listener imaps {
    port = %[8]d
    ssl = yes
  }
}
auth_failure_delay = 0
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`, dir, login, internal, s.Dir, uid, gid, port(s.IMAP), port(s.IMAPS), group(me))
	s.write(s.config, text)
	s.write(filepath.Join(dir, "users"), User+":{PLAIN}"+Password+"\n")
	if err := os.Chmod(dir, 0o755); err != nil {
		s.t.Fatal(err)
	}
	for _, sub := range []string{"", "/new", "/cur", "/tmp"} {
		if err := os.MkdirAll(s.Dir+sub, 0o755); err != nil {
			s.t.Fatal(err)
		}
		s.own(s.Dir + sub)
	}
}

// group is the group that Dovecot's own processes share.
func group(me *user.User) string {
	if me.Uid == "0" {
		return "dovecot"
	}
	g, err := user.LookupGroupId(me.Gid)
	if err != nil {
		return me.Username
	}
	return g.Name
}

func (s *Server) write(file, text string) {
	s.t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// certificate makes one for loopback that signs itself.
func (s *Server) certificate(dir string) {
	s.t.Helper()
	made := certtest.New(s.t)
	s.write(s.CA, made.Cert)
	s.write(filepath.Join(dir, "key.pem"), made.Key)
	s.TLS = &tls.Config{RootCAs: made.Pool, MinVersion: tls.VersionTLS12}
}
