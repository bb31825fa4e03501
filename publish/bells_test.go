package publish

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to speak to the queue's tables

	"bantin/internal/smtptest"
	"bantin/store"
)

// until waits for what other goroutines are sure to bring about: long, since a
// busy machine may take a hundred times what a quiet one does.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

// ringing runs the bells of a node until stop is called.
func (o *office) ringing(server *smtptest.Server) (b *bells, stop func()) {
	o.t.Helper()
	courier := o.courier(server)
	d := &Daemon{DB: o.db, Log: o.log(), Courier: courier, Planner: &Planner{Editor: o.editor, DB: o.db, Log: o.log(), Now: o.now}, Now: o.now}
	b = &bells{db: o.db, log: o.log(), work: d.deliver}
	ctx, cancel := context.WithCancel(o.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.run(ctx, make(chan struct{}, 1)); err != nil {
			o.t.Error(err)
		}
	})
	return b, func() { cancel(); running.Wait() }
}

// An edition is delivered by whoever hears the bell; a queue that loses all its
// jobs loses nothing; a hold stops it and a resume lets it go on.
func TestBells(t *testing.T) {
	t.Parallel()
	o := newsFor(t, 300)
	server := smtptest.Start(t, func(smtptest.Stage, string) smtptest.Answer {
		return smtptest.Answer{Wait: 2 * time.Millisecond} // so that there is a middle
	})
	e := o.edition()
	if err := o.db.Deliveries().HoldAll(t.Context(), store.HeldByPerson); err != nil {
		t.Fatal(err)
	}
	first, leave := o.ringing(server)
	defer leave()
	second, stop := o.ringing(server)
	defer stop()
	until(t, "both have looked for work", func() bool { return first.warned.Load() && second.warned.Load() })
	if n := len(server.Received()); n != 0 {
		t.Errorf("%d messages while mailing is held", n)
	}
	if _, _, err := o.db.Deliveries().ResumeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "some are sent", func() bool { return o.counts(&e).Sent > 20 })
	o.exec(`DELETE FROM river_job`) // the queue loses all it had
	leave()                         // a node
	until(t, "all are sent", func() bool { return o.counts(&e).Sent == 300 })
	once(t, server, 300)
}

// exec changes the database beside the store.
func (o *office) exec(query string) {
	o.t.Helper()
	beside, err := o.db.QueueFile()
	if o.db.Shared() {
		beside, err = sql.Open("pgx", o.url)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	defer beside.Close()
	if _, err := beside.ExecContext(o.t.Context(), query); err != nil {
		o.t.Fatal(err)
	}
}

// A newer program takes the database over: the older one stops sending, by
// itself and with a clear word, and then altogether.
func TestStepsBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sending := make(chan struct{})
	sent := make(chan error, 1)
	go func() {
		sent <- WhileMailing(t.Context(), o.db, func(ctx context.Context) error {
			close(sending)
			<-ctx.Done()
			return nil
		})
	}()
	<-sending
	o.exec(`INSERT INTO goose_db_version (version_id, is_applied) SELECT 999, is_applied FROM goose_db_version WHERE version_id = 1`)
	if err := <-sent; !errors.Is(err, store.ErrNewer) {
		t.Errorf("sending ended with %v", err)
	}
	b := &bells{db: o.db, log: o.log(), work: func(context.Context, int64) error { return nil }}
	if err := b.run(t.Context(), make(chan struct{}, 1)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("the node ended with %v", err)
	}
}

// Who sends asks first, and says why not.
func TestWhileMailing(t *testing.T) {
	t.Parallel()
	db := newOffice(t).db
	err := WhileMailing(t.Context(), db, func(ctx context.Context) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Deliveries().HoldAll(t.Context(), store.HeldByPerson); err != nil {
		t.Fatal(err)
	}
	held := (*HeldError)(nil)
	err = WhileMailing(t.Context(), db, func(ctx context.Context) error { t.Error("it sends"); return nil })
	if !errors.As(err, &held) || held.Why != store.HeldByPerson {
		t.Errorf("got %v", err)
	}
}

// What one node does for all goes over to another when it leaves or is lost.
func TestDutyGoesOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if !o.db.Shared() {
		return // where the database is a file there is one daemon
	}
	started := make(chan string)
	serve := func(ctx context.Context, node string) {
		onDuty(ctx, o.db, o.log(), "source:website", node, func(ctx context.Context) {
			started <- node
			<-ctx.Done()
		})
	}
	first, leave := context.WithCancel(t.Context())
	second, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { serve(first, "một") })
	if got := <-started; got != "một" {
		t.Fatal(got)
	}
	running.Go(func() { serve(second, "hai") })
	select {
	case node := <-started:
		t.Errorf("%s does it too", node)
	case <-time.After(2 * dutyWatch):
	}
	leave()
	if got := <-started; got != "hai" {
		t.Error(got)
	}
	end()
	running.Wait()
}
