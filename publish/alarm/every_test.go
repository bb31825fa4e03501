package alarm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/disk"
	"bantin/store"
)

// lasting is a trouble that docs/watch.md promises to tell: how it begins and how it ends.
type lasting struct {
	says       string
	begin, end func()
}

// everyTrouble is all of them that may last a day. What other rooms find (nobody gets a
// digest, a clock fault, a refused configuration) they begin and end as here.
func everyTrouble(o *operator) map[string]lasting {
	ctx := o.t.Context()
	must := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	made := func() bantin.Edition {
		o.t.Helper()
		o.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
		o.AddContacts(3)
		e, _, err := o.DB.Editions().Make(ctx, store.EditionPlan{Digest: o.Digest, Due: o.Now().Add(-48 * time.Hour), Audience: store.Audience{AnyPlace: true, Site: "vi"}})
		must(err)
		return e
	}
	list := map[string]lasting{
		"an edition is held": {"edition_held: Edition hang-tuan-1 is held",
			func() { must(o.DB.Editions().Hold(ctx, made().Row, bantin.Hold{Reason: bantin.HeldRefused})) },
			func() { _, err := o.DB.Editions().Resume(ctx, "hang-tuan-1", false); must(err) }},
		"all mailing is held": {"edition_held: All mailing",
			func() { must(o.DB.Deliveries().HoldAll(ctx, store.HeldByPerson)) },
			func() { _, err := o.DB.Deliveries().ResumeAll(ctx); must(err) }},
		"an edition is late": {"edition_late: Edition hang-tuan-1 is not finished",
			func() {
				made()
				o.Exec(`INSERT INTO digests (id, title, first_seen, last_due) VALUES ('hang-tuan', 'x', 1, 4102444800000)`)
			},
			func() { _, err := o.DB.Editions().Cancel(ctx, "hang-tuan-1"); must(err) }},
		"the mail server is away": {"relay: Mail server smtp.example.org:587",
			func() {
				made()
				_, err := o.DB.Relays().Update(ctx, "smtp.example.org:587", func(s *store.RelayState) {
					s.Reason, s.Said, s.Since = bantin.WaitRelay, "connection refused", o.Now()
				})
				must(err)
			},
			func() {
				_, err := o.DB.Relays().Update(ctx, "smtp.example.org:587", func(s *store.RelayState) { s.Reason = "" })
				must(err)
			}},
		"a source": {"source: Source website", func() { o.read("website", errAway) }, func() { o.read("website", nil) }},
		"no backup for 36 hours": {"backup: Backup",
			func() { o.task(store.TaskBackup, "", nil); o.Skew.Add(int64(maxBackupAge)) },
			func() { o.task(store.TaskBackup, "", nil) }},
		"a check that turned bad": {"task: Check dns_spf",
			func() { o.examine("dns_spf", "ok"); o.examine("dns_spf", "failed") }, func() { o.examine("dns_spf", "ok") }},
	}
	for task, says := range map[string]string{
		store.TaskBounces: "returns: Mailbox of returned mail", store.TaskImport: "task: Contact list", store.TaskHubs: "task: Hub",
		store.TaskExport: "task: Static copies of the feeds", store.TaskKeep: "task: Pruning of old data",
	} {
		list["the task "+task] = lasting{says, func() { o.task(task, "", errors.New("it answers 500")) }, func() { o.task(task, "", nil) }}
	}
	o.probed(list)
	for what, kind := range map[string]bantin.TroubleKind{"the mail server": bantin.TroubleRelay, "the site": bantin.TroubleTask} {
		ends := o.Now().Add(13 * 24 * time.Hour)
		c := Certificate{Kind: kind, Object: "certificate of " + what, Subject: bantin.Words{EN: "Certificate of " + what}, Hint: bantin.Words{EN: "renew it"},
			Ends: func(context.Context) (time.Time, error) { return ends, nil }}
		list["the certificate of "+what] = lasting{string(kind) + ": Certificate of " + what,
			func() { o.alarms.lookAtCertificate(ctx, &c) },
			func() { ends = ends.AddDate(0, 3, 0); o.alarms.lookAtCertificate(ctx, &c) }}
	}
	for object, kind := range map[string]bantin.TroubleKind{"nobody hang-tuan": bantin.TroubleEditionLate, "clock": bantin.TroubleClock, "reload": bantin.TroubleConfig} {
		words := bantin.Words{VI: object, EN: object}
		list[object] = lasting{string(kind) + ": " + object,
			func() {
				o.alarms.Begin(ctx, bantin.Trouble{Kind: kind, Object: object, Subject: words, What: words, Hint: words})
			},
			func() { o.alarms.End(ctx, kind, object) }}
	}
	return list
}

// probed adds what each machine finds by itself.
func (o *operator) probed(list map[string]lasting) {
	ctx := o.t.Context()
	p := &Probe{Alarms: o.alarms, Dir: filepath.Join(o.t.TempDir(), "dữ liệu")}
	look := func(err error) { p.report(ctx, err != nil, databaseTrouble(o.alarms, err)) }
	for what, err := range map[string]error{"damaged": store.ErrDamaged, "read-only": store.ErrReadOnly, "a standby": store.ErrStandby,
		"away": store.ErrUnavailable, "locked": store.ErrLocked, "on a full disk": store.ErrFull} {
		list["the database is "+what] = lasting{"database: Database", func() { look(err) }, func() { look(nil) }}
	}
	list["the disk is nearly full"] = lasting{"disk: Disk is nearly full",
		func() { p.reportSpace(ctx, disk.Space{Free: 49, Total: 1000}) }, func() { p.reportSpace(ctx, disk.Space{Free: 50, Total: 1000}) }}
	unwritable := func() {
		err := tryDisk(p.Dir)
		p.report(ctx, err != nil, unwritableTrouble(o.alarms, p.Dir, err))
	}
	list["the disk cannot be written"] = lasting{"disk: Disk", unwritable, func() {
		if err := os.Mkdir(p.Dir, 0o700); err != nil {
			o.t.Fatal(err)
		}
		unwritable()
	}}
}

func (o *operator) examine(check, status string) {
	o.t.Helper()
	if err := o.DB.Checkups().Record(o.t.Context(), []store.Checkup{{Name: check, Status: status, What: "SPF\nSPF"}}); err != nil {
		o.t.Fatal(err)
	}
}

// later lets time pass at once.
func (o *operator) later(long time.Duration) {
	o.t.Helper()
	o.Skew.Add(int64(long))
	o.pass(time.Second)
}

// Each trouble is told once, again the next day while it lasts, and once when it is over.
func TestEveryTrouble(t *testing.T) {
	var names []string
	for name := range everyTrouble(newOperator(t)) {
		names = append(names, name)
	}
	slices.Sort(names)
	kinds := map[string]bool{}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			o := newOperator(t)
			for _, task := range []string{store.TaskImport, store.TaskHubs, store.TaskExport, store.TaskKeep} {
				o.alarms.Watched.Tasks[task] = []string{""}
			}
			l := everyTrouble(o)[name]
			kind, _, _ := strings.Cut(l.says, ":")
			kinds[kind] = true
			o.want()
			l.begin()
			o.later(DefaultAfter)
			o.want(l.says)
			o.later(23 * time.Hour)
			o.want()
			o.later(time.Hour)
			o.want(l.says)
			l.end()
			o.later(0)
			o.later(DefaultAfter)
			o.want(l.says + " is over")
			o.later(48 * time.Hour)
			if strings.HasPrefix(l.says, "backup") {
				o.want(l.says) // none was made since
				return
			}
			o.want()
		})
	}
	for _, kind := range bantin.TroubleKinds() {
		if !kinds[string(kind)] {
			t.Errorf("no trouble of the kind %s", kind)
		}
	}
}
