package delivery

import (
	"bantin/internal/testneed"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/store"
)

// sweeping has a node sweep until stop is called.
func (o *office) sweeping(server *smtptest.Server) (w *Sweeper, stop func()) {
	o.T.Helper()
	deliverer := o.deliverer(server)
	w = &Sweeper{DB: o.DB, Log: o.Log(), Deliver: deliverer.DeliverDue}
	ctx, cancel := context.WithCancel(o.T.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx, make(chan struct{}, 1)); err != nil {
			o.T.Error(err)
		}
	})
	return w, func() { cancel(); running.Wait() }
}

// An edition is delivered by all nodes that sweep, and by those that are left where
// one goes; a hold stops it and a resume lets it go on.
func TestSweep(t *testing.T) {
	testneed.Long(t, "takes seconds")
	t.Parallel()
	o := newsFor(t, 300)
	server := smtptest.Start(t, func(smtptest.Stage, string) smtptest.Answer {
		return smtptest.Answer{Wait: 2 * time.Millisecond} // so that there is a middle
	})
	e := o.edition()
	if err := o.DB.Deliveries().HoldAll(t.Context(), store.HeldByPerson); err != nil {
		t.Fatal(err)
	}
	first, leave := o.sweeping(server)
	defer leave()
	second, stop := o.sweeping(server)
	defer stop()
	officetest.Eventually(t, "both have looked for work", func() bool { return first.isHeld.Load() && second.isHeld.Load() })
	if n := len(server.Received()); n != 0 {
		t.Errorf("%d messages while mailing is held", n)
	}
	if _, err := o.DB.Deliveries().ResumeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	officetest.Eventually(t, "some are sent", func() bool { return o.Counts(&e).Sent > 20 })
	leave() // a node
	officetest.Eventually(t, "all are sent", func() bool { return o.Counts(&e).Sent == 300 })
	once(t, server, 300)
}

// A newer program takes the database over: the older one stops sending, by
// itself and with a clear word, and then altogether.
func TestStepsBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sending := make(chan struct{})
	sent := make(chan error, 1)
	go func() {
		sent <- WhileMailing(t.Context(), o.DB, func(ctx context.Context) error {
			close(sending)
			<-ctx.Done()
			return nil
		})
	}()
	<-sending
	o.Exec(`INSERT INTO goose_db_version (version_id, is_applied) SELECT 999, is_applied FROM goose_db_version WHERE version_id = 1`)
	if err := <-sent; !errors.Is(err, store.ErrNewer) {
		t.Errorf("sending ended with %v", err)
	}
	w := &Sweeper{DB: o.DB, Log: o.Log(), Deliver: func(context.Context, int64) error { return nil }}
	if err := w.Run(t.Context(), make(chan struct{}, 1)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("the node ended with %v", err)
	}
}

// Who sends asks first, and says why not.
func TestWhileMailing(t *testing.T) {
	t.Parallel()
	db := newOffice(t).DB
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
