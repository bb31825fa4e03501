package alarm

import (
	"testing"
	"time"

	"bantin/store"
)

// What the examination finds bad that was good before is told, and what is watched all the
// time is left to those who watch it.
func TestCheckups(t *testing.T) {
	o := newOperator(t)
	examined := func(spf, smtp, disk string) {
		t.Helper()
		list := []store.Checkup{{Name: "dns_spf", Status: spf, What: "SPF\nSPF"}, {Name: "smtp_login", Status: smtp, What: "từ chối\nrefused"}, {Name: "disk", Status: disk, What: "đầy\nfull"},
			{Name: "dns_mx", Status: "warning", What: "không có\nnone"}}
		if err := o.DB.Checkups().Record(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	examined("ok", "ok", "ok")
	o.pass(time.Hour)
	o.want()
	examined("failed", "failed", "failed")
	o.pass(time.Hour)
	o.want("task: Check dns_spf", "task: Check smtp_login")
	examined("skipped", "ok", "ok")
	o.pass(time.Hour)
	o.want("task: Check smtp_login is over")
	examined("ok", "ok", "ok")
	o.pass(time.Hour)
	o.want("task: Check dns_spf is over")
}
