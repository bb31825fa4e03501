package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// What strangers ask for on open pages costs the database the same statements in the same
// order, whether it knows the address or not: the time that an answer takes tells nothing.
func TestStrangersCostTheSame(t *testing.T) {
	db, clock := open(t)
	ctx, wide := t.Context(), RequestLimits{}
	known := bantin.Contact{Email: "mai@example.org", Name: "Trần Thị Mai"}
	importAll(t, db, "danh sách.csv", []bantin.Contact{known, {Email: "tu.choi@example.org"}, {Email: "da.xoa@example.org"}})
	_, err := db.Suppressions().Add(ctx, "tu.choi@example.org", "hard", clock.t)
	fine(t, err)
	fine(t, db.Contacts().Erase(ctx, "da.xoa@example.org", []byte("bí mật")))
	fine(t, db.Office().NewLink(ctx, "lan@example.org", fmt.Sprintf("%032d", 0), clock.t.Add(time.Hour), "root"))
	statements := recordStatements(t, db)

	n := 0
	signIn := func(address string, listed bool) error {
		n++
		return db.Office().RequestSignIn(ctx, SignInRequest{Address: address, IsListed: listed, Stranger: "băm của " + address, Nonce: fmt.Sprintf("%032d", n),
			Mail: fmt.Sprintf("thư %d", n), Expires: clock.t.Add(15 * time.Minute), Language: "vi"},
			RequestLimit{"mạng", 100, time.Hour}, RequestLimit{"địa chỉ " + address, 3, time.Hour})
	}
	signUp := func(address string) error {
		n++
		return db.Contacts().RequestSignUp(ctx, SignUp{Nonce: fmt.Sprintf("%032d", n), Contact: bantin.Contact{Email: address}, Digests: []string{"hang-tuan"}, Expires: clock.t.Add(time.Hour)}, wide)
	}
	move := func(to string) error {
		n++
		return db.Contacts().RequestAddressChange(ctx, fmt.Sprintf("%032d", n), "khóa", to, clock.t.Add(time.Hour), "vi", wide)
	}
	for what, same := range map[string][]func() error{
		"sign-in by a person of the list, one with a printed link, and a stranger": {
			func() error { return signIn("hoa@example.org", true) }, func() error { return signIn("lan@example.org", true) }, func() error { return signIn("ai@example.org", false) },
		},
		"sign-up of a contact, somebody suppressed, somebody erased, and a stranger": {
			func() error { return signUp(known.Email) }, func() error { return signUp("tu.choi@example.org") }, func() error { return signUp("da.xoa@example.org") }, func() error { return signUp("ai@example.org") },
		},
		"a new address that is a contact's, or a stranger's": {
			func() error { return move(known.Email) }, func() error { return move("moi@example.org") },
		},
	} {
		for again := range 4 { // the fourth is beyond the limit of the address
			var first []string
			for i, ask := range same {
				*statements = nil
				fine(t, ask())
				if i == 0 {
					first = *statements
					continue
				}
				if diff := cmp.Diff(first, *statements); diff != "" || len(first) == 0 {
					t.Errorf("%s, time %d: statements of the first and number %d (-first +other)\n%s", what, again+1, i+1, diff)
				}
			}
		}
	}
}

// recordStatements has a database tell which statements it is asked for from now on.
func recordStatements(t *testing.T, db *DB) *[]string {
	t.Helper()
	var list []string
	beside := sql.OpenDB(&recorder{db.writer.Driver(), "file:" + filepath.ToSlash(filepath.Join(db.dir, File)) + "?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=foreign_keys(1)", &list})
	beside.SetMaxOpenConns(1)
	writer, reader := db.writer, db.reader
	db.writer, db.reader = beside, beside
	t.Cleanup(func() {
		db.writer, db.reader = writer, reader
		if err := beside.Close(); err != nil {
			t.Error(err)
		}
	})
	return &list
}

// recorder opens connections that note what is asked.
type recorder struct {
	driver driver.Driver
	name   string
	list   *[]string
}

func (r *recorder) Driver() driver.Driver { return r.driver }

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	c, err := r.driver.Open(r.name)
	return recordedConn{c, r.list}, err
}

type recordedConn struct {
	driver.Conn
	list *[]string
}

func (c recordedConn) note(query string, args []driver.NamedValue) {
	*c.list = append(*c.list, fmt.Sprintf("%s [%d]", query, len(args)))
}

func (c recordedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.note("BEGIN", nil)
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
}

func (c recordedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.note(query, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c recordedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.note(query, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}
