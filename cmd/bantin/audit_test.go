package main

import (
	"encoding/json"
	"io"
	"os/user"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"bantin"
)

// changes are the commands that change something of an installation, in an order in which
// each of them has something to do, with the entry that each leaves.
var changes = []struct {
	command string
	args    string
	what    bantin.ActionKind
	object  string // "*": any, but one
}{
	{"collect", "van-phong", bantin.ActionCollect, "van-phong"},
	{"contacts import", "contacts.csv", bantin.ActionImport, "contacts.csv"},
	{"contacts undo", "", bantin.ActionUndoImport, "contacts.csv"},
	{"contacts add", "lan@example.org", bantin.ActionKind(bantin.AuditAdded), "lan@example.org"},
	{"contacts export", "", bantin.ActionExport, ""},
	{"suppressions add", "ai@example.org --reason thôi", bantin.ActionKind(bantin.AuditSuppressed), "ai@example.org"}, // no contact
	{"suppressions remove", "ai@example.org", bantin.ActionKind(bantin.AuditUnsuppressed), "ai@example.org"},
	{"suppressions undo", "--since 2026-01-01 --domain gmail.com", bantin.ActionUndoSuppressions, "gmail.com"},
	{"deliveries hold", "", bantin.ActionHoldMail, ""},
	{"deliveries resume", "", bantin.ActionResumeMail, ""},
	{"digest preview", "hang-tuan --contact lan@example.org --to thu@example.org", bantin.ActionTestMail, "hang-tuan"},
	{"digest compose", "hang-tuan --subject Chào", bantin.ActionCompose, "hang-tuan"},
	{"digest send", "hang-tuan", bantin.ActionSend, "hang-tuan"},
	{"editions approve", "hang-tuan-1", bantin.ActionApprove, "hang-tuan-1"},
	{"editions pause", "hang-tuan-1", bantin.ActionPause, "hang-tuan-1"}, // it is done: what was refused stands there too
	{"editions resume", "hang-tuan-1", bantin.ActionResume, "hang-tuan-1"},
	{"editions cancel", "hang-tuan-1", bantin.ActionCancel, "hang-tuan-1"},
	{"editions retry", "--failed hang-tuan-1", bantin.ActionRetry, "hang-tuan-1"},
	{"editions resend", "hang-tuan-1 --contact lan@example.org", bantin.ActionResend, "hang-tuan-1"},
	{"bulletins hold", "van-phong-phu-tho", bantin.ActionHold, "van-phong-phu-tho"},
	{"bulletins release", "van-phong-phu-tho", bantin.ActionRelease, "van-phong-phu-tho"},
	{"bulletins correct", "van-phong-phu-tho --places phu-tho", bantin.ActionCorrect, "van-phong-phu-tho"},
	{"bulletins renew", "van-phong-phu-tho", bantin.ActionRenew, "van-phong-phu-tho"},
	{"bulletins add", "viet-tay.md", bantin.ActionAdd, "viet-tay.md"},
	{"bulletins merge", "van-phong-phu-tho van-phong-lao-cai", bantin.ActionMerge, "van-phong-phu-tho"},
	{"bulletins withdraw", "van-phong-phu-tho", bantin.ActionWithdraw, "van-phong-phu-tho"},
	{"office link", "lan@example.org", bantin.ActionLink, "lan@example.org"},
	{"office token", "tri-thuc", bantin.ActionToken, "tri-thuc"},
	{"alarm end", "khong-co", bantin.ActionEndAlarm, "khong-co"},
	{"database copy", "ban-chep", bantin.ActionCopy, "ban-chep"},
	{"requests add", "lan@example.org access", bantin.ActionRequest, "lan@example.org"},
	{"requests done", "1", bantin.ActionAnswered, "request 1"},
	{"contacts erase", "lan@example.org", bantin.ActionErase, "*"}, // the address is not kept
	{"restore", "sao-luu.db", bantin.ActionRestore, "sao-luu.db"},
}

// changeNothing are the other commands: they show something, write files of their own, or
// are no act of a person.
var changeNothing = strings.Fields(`init check run sources stats doctor audit version completion help backup restore
	bulletins/list bulletins/show feeds/export contacts/list contacts/show digest/audience
	editions/list editions/show editions/message editions/audit suppressions/list requests/list
	bounce/classify bounce/receive bounce/alarms bounce/unknown dkim/generate alarm/test alarm/list
	man read-document`)

// Each command that changes something leaves an entry in the audit log: who, when, what, on
// which object. A new command belongs into one of the two lists above.
func TestEveryChangeIsRecorded(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML + "office: {people: [lan@example.org]}\n",
		"bulletins/phu-tho.md": phuTho,
		"bulletins/lao-cai.md": "---\ntitle: Lào Cai mở lớp\n---\nHội Khuyến học tỉnh Lào Cai mở mười lớp xóa mù chữ.\n",
		"viet-tay.md":          "---\ntitle: Sơn La trao học bổng\n---\nHội Khuyến học tỉnh Sơn La trao học bổng cho ba trăm em.\n",
		"contacts.csv":         "email\nminh@example.org\n",
	})
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	f.ok("check")
	began := time.Now().Add(-time.Second)
	known := f.audited()
	for _, c := range changes {
		if c.command == "restore" {
			f.ok("backup", "sao-luu.db")
		}
		command := append(strings.Fields(c.command), strings.Fields(c.args)...)
		e := f.bantin(command...)
		before := only(slices.Clone(known), c.what)
		known = f.audited()
		after := only(slices.Clone(known), c.what)
		if len(after) != len(before)+1 {
			t.Errorf("%s left %d entries (status %d: %s)", c.command, len(after)-len(before), e.status, e.err)
			continue
		}
		got := after[len(before)]
		if got.Who != operator() && got.Who != me.Username || got.Via != bantin.ViaCommand || got.Time.Before(began) || got.Time.After(time.Now()) {
			t.Errorf("%s: %+v", c.command, got)
		}
		if c.object == "*" && got.Object == "" || c.object != "*" && !strings.HasSuffix(got.Object, c.object) {
			t.Errorf("%s: about %q, want %q", c.command, got.Object, c.object)
		}
	}
}

// only gives the entries of one kind.
func only(list []bantin.Action, what bantin.ActionKind) []bantin.Action {
	return slices.DeleteFunc(list, func(a bantin.Action) bool { return a.What != what })
}

// audited is the audit log as programs read it.
func (f *folder) audited() (list []bantin.Action) {
	f.t.Helper()
	lines := json.NewDecoder(strings.NewReader(f.ok("audit", "--json")))
	for {
		var a bantin.Action
		err := lines.Decode(&a)
		if err == io.EOF {
			return list
		}
		if err != nil {
			f.t.Fatal(err)
		}
		list = append(list, a)
	}
}

func TestEveryCommandIsListed(t *testing.T) {
	known := slices.Clone(changeNothing)
	for _, c := range changes {
		known = append(known, strings.ReplaceAll(c.command, " ", "/"))
	}
	var visit func(c *cobra.Command, path string)
	visit = func(c *cobra.Command, path string) {
		for _, sub := range c.Commands() {
			name := strings.TrimPrefix(path+"/"+sub.Name(), "/")
			if !sub.HasSubCommands() && !slices.Contains(known, name) {
				t.Errorf("bantin %s: say in changes what entry it leaves, or that it changes nothing", strings.ReplaceAll(name, "/", " "))
			}
			visit(sub, name)
		}
	}
	visit((&app{}).root(), "")
}
