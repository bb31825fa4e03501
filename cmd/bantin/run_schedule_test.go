package main

import (
	"strings"
	"testing"
)

// A schedule that changes: check says it before the reload and the log after it, and
// nothing is sent for the past.
func TestScheduleChanges(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	if said := f.ok("check"); strings.Contains(said, "hiệu lực") {
		t.Errorf("check speaks of what is stored where nothing is:\n%s", said)
	}
	d := f.start()
	until(t, "the schedule is put in force", func() bool {
		return strings.Contains(d.log.String(), "schedule put in force; nothing is sent for due times before now") && strings.Contains(d.log.String(), "next=")
	})
	if said := f.ok("check"); strings.Contains(said, "hiệu lực") {
		t.Errorf("check does not know that the file is in force:\n%s", said)
	}

	f.write("bantin.yaml", strings.Replace(daemonYAML, `"0 7 * * MON"`, `"0 6 * * *"`, 1))
	said := f.ok("check")
	if !strings.Contains(said, "Khác lịch đang có hiệu lực (0 7 * * MON (Asia/Ho_Chi_Minh)).") || !strings.Contains(said, "không gửi gì cho những lần đến hạn trước đó") {
		t.Errorf("check does not say that the schedule changes:\n%s", said)
	}
	if said := f.ok("check", "--lang", "en"); !strings.Contains(said, "Differs from the schedule in force (0 7 * * MON (Asia/Ho_Chi_Minh)).") {
		t.Errorf("check does not say that the schedule changes:\n%s", said)
	}
	if said := f.ok("check", "--json"); !strings.Contains(said, `"in_force":"0 7 * * MON (Asia/Ho_Chi_Minh)"`) {
		t.Errorf("check --json does not say that the schedule changes:\n%s", said)
	}
	d.hangUp()
	until(t, "the new schedule is put in force", func() bool {
		return strings.Contains(d.log.String(), `schedule="0 6 * * * (Asia/Ho_Chi_Minh)" next=`)
	})
	d.hangUp()
	until(t, "the next due time is told again", func() bool { return strings.Contains(d.log.String(), `msg="digest scheduled" digest=hang-tuan next=`) })
	if said := f.ok("check"); strings.Contains(said, "hiệu lực") {
		t.Errorf("check does not know that the file is in force:\n%s", said)
	}
	if said := f.ok("editions", "list"); strings.TrimSpace(said) != "" {
		t.Errorf("something was sent for the past:\n%s", said)
	}
	d.stop()
}
