package collect

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// A source is read once at a time: who asks is told so, and a loop waits. Of all sources
// two are read for people at once.
func TestOneReadOfASource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Reads{}
		ask := func(source string, want error) func() {
			t.Helper()
			end, err := r.Ask(source)
			if !errors.Is(err, want) {
				t.Fatalf("%s: %v, want %v", source, err, want)
			}
			return end
		}
		endOffice := ask("van-phong", nil)
		ask("van-phong", ErrBeingRead)
		endSite := ask("website", nil)
		ask("hop-thu", ErrManyReads)
		endSite()
		ask("hop-thu", nil)()

		stopped, stop := context.WithCancel(t.Context())
		stop()
		if _, err := r.wait(stopped, "van-phong"); !errors.Is(err, context.Canceled) {
			t.Errorf("a loop that ends waits on: %v", err)
		}
		begun := make(chan func())
		go func() {
			end, err := r.wait(t.Context(), "van-phong")
			if err != nil {
				t.Error(err)
			}
			begun <- end
		}()
		synctest.Wait()
		select {
		case <-begun:
			t.Fatal("the loop reads what is being read")
		default:
		}
		endOffice()
		endLoop := <-begun
		ask("van-phong", ErrBeingRead)
		endLoop()
		ask("van-phong", nil)()
	})
}
