package publish

import (
	"context"
	"sync"
	"testing"
	"time"

	"bantin/internal/officetest"
)

// What one node does for all goes over to another when it leaves or is lost.
func TestDutyGoesOver(t *testing.T) {
	t.Parallel()
	o := officetest.New(t)
	if !o.DB.Shared() {
		return // where the database is a file there is one daemon
	}
	started := make(chan string)
	serve := func(ctx context.Context, node string) {
		runOnOneNode(ctx, o.DB, o.Log(), "source:website", node, func(ctx context.Context) {
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
	case <-time.After(2 * standbyInterval):
	}
	leave()
	if got := <-started; got != "hai" {
		t.Error(got)
	}
	end()
	running.Wait()
}
