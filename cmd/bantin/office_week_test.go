//go:build unix

package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"bantin"
	"bantin/internal/freeport"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
)

const approver = "lan@example.org"

// weekYAML is an office whose drafts a person approves, on a real port and mail server.
func weekYAML(web, smtp int, more string) string {
	return fmt.Sprintf(`site: {title: Hội Khuyến học Việt Nam, url: "http://127.0.0.1:%d", contact: vanphong@example.org, address: "1 phố Sách, Hà Nội"}
http: {listen: "127.0.0.1:%[1]d"}
sources: [{id: van-phong, kind: folder, path: bulletins, schedule: "@every 1s"}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON", approve: true%s}]
smtp: {host: 127.0.0.1, port: %d, from: "Hội Khuyến học Việt Nam <bantin@example.org>", tls: none, connections: 2}
office: {people: [%s]}
`, web, more, smtp, approver)
}

// weekNews are bulletins of our own.
func weekNews() map[string]string {
	return map[string]string{
		"bulletins/son-la.md":   "---\ntitle: Sơn La trao 320 suất học bổng cho học sinh vùng cao\ndate: 2026-11-20\n---\nSáng 19/11/2026, tại thành phố Sơn La, Hội Khuyến học tỉnh Sơn La trao 320 suất học bổng theo Kế hoạch số 71/KH-HKH ngày 3/2/2026. Tỉnh Điện Biên và tỉnh Lai Châu cùng dự.\n",
		"bulletins/phu-tho.md":  "---\ntitle: Phú Thọ tổng kết mười năm xây dựng xã hội học tập\ndate: 2026-11-20\n---\nHội Khuyến học tỉnh Phú Thọ tổng kết mười năm phong trào khuyến học, khuyến tài; 1.250 dòng họ được khen.\n",
		"bulletins/ca-mau.md":   "---\ntitle: Cà Mau có thuyền đưa học trò qua sông mùa nước nổi\ndate: 2026-11-19\n---\nTỉnh Cà Mau đóng thêm bốn chiếc thuyền đưa học trò qua sông.\n",
		"bulletins/hue.md":      "---\ntitle: Huế mở tủ sách dòng họ\ndate: 2026-11-18\n---\nThành phố Huế khai trương 36 tủ sách dòng họ.\n",
		"bulletins/thu-ngo.md":  "---\ntitle: Thư của Hội gửi các thầy cô nhân ngày 20 tháng 11\ndate: 2026-11-20\n---\nHội cảm ơn các thầy cô đã cùng xây dựng xã hội học tập.\n",
		"ke-hoach-2027.txt":     "Kế hoạch công tác khuyến học năm 2027\n",
		"danh-sach-tuan-48.csv": "họ tên,thư điện tử,tỉnh,cấp\nNguyễn Thị Ánh,anh.vinhphuc@example.org,Phú Thọ,tỉnh\nLê Văn Bình,binh.dienbien@example.org,Điện Biên,huyện\nTrần Cường,cuong(tại)example,Lào Cai,xã\nĐỗ Thị Duyên,duyen.hue@example.org,Huế,xã\n",
	}
}

// weekContacts are the contacts of the office: two a place.
func weekContacts(n int) (list string) {
	places := []string{"Sơn La", "Phú Thọ", "Cà Mau", "Huế", "Hà Nội", "Điện Biên", "Lào Cai", "Cần Thơ"}
	levels := []string{"tỉnh", "huyện", "xã"}
	list = "họ tên,thư điện tử,tỉnh,cấp\n"
	for i := range n {
		list += fmt.Sprintf("Người nhận %d,nguoi%d@example.org,%s,%s\n", i, i, places[i%len(places)], levels[i%len(levels)])
	}
	return list
}

// A week of the office on a real mail server, in a browser: Monday's draft, a greeting, the
// approval from the approver's mail, progress, three refusals, a new list, a corrected
// bulletin. The edition goes once to everybody, and the record says who approved which
// version. With PICTURES it leaves pictures for docs/office.md.
func TestOfficeWeekInBrowser(t *testing.T) {
	t.Parallel()
	const contacts, before = 60, 20 // messages that are offered until the server waits
	refused := []string{"nguoi7@example.org", "nguoi21@example.org", "nguoi50@example.org"}
	var waits atomic.Bool
	var offered atomic.Int64
	release := make(chan struct{})
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		switch {
		case stage == smtptest.Rcpt && slices.Contains(refused, arg):
			return smtptest.Answer{Reply: "550 5.1.1 <" + arg + ">: no such user here"}
		case stage == smtptest.Data && waits.Load() && offered.Add(1) > before:
			select {
			case <-release:
			case <-t.Context().Done():
				return smtptest.Answer{Close: true}
			}
		}
		return smtptest.Answer{}
	})
	files := weekNews()
	files["bantin.yaml"], files["contacts.csv"] = weekYAML(freeport.Port(t), server.Port(), ""), weekContacts(contacts)
	f := newFolder(t, files)
	f.ok("contacts", "import", "contacts.csv")
	d := f.start()
	lan := &visitor{t: t, f: f, d: d, address: approver, tab: browser(t)}
	f.ok("collect")
	until(t, "the bulletins are there", func() bool { return strings.Contains(d.get("/").body, "Cà Mau có thuyền") })

	// Monday: a draft, private, and a mail about it.
	f.ok("digest", "send", "hang-tuan", "--due", "2026-11-23T07:00")
	const edition = "hang-tuan-1"
	if p := d.get("/editions/" + edition); p.status != http.StatusNotFound {
		t.Errorf("the draft is public: %d", p.status)
	}
	draft := lan.mailed(server, regexp.MustCompile(`(?s)bản thảo.*(http://127\.0\.0\.1:\d+/office/digests/hang-tuan)`))
	lan.do(chromedp.Navigate(draft))
	lan.reads("Đăng nhập") // not signed in
	lan.types("#email", approver)
	lan.presses("main button[type=submit]")
	lan.reads("Hãy mở hộp thư")
	lan.do(chromedp.Navigate(lan.mailed(server, regexp.MustCompile(`(http://127\.0\.0\.1:\d+/office/sign-in/\S+)`))))
	lan.presses("main button[type=submit]")
	lan.reads("chờ duyệt")
	lan.picture("monday", "/office", "", phone)

	// A greeting and a file, in a second and a third version.
	lan.do(chromedp.Navigate(draft))
	lan.reads("Lời ngỏ và thứ tự tin")
	lan.types("#greeting", "Kính gửi các cán bộ khuyến học,\n\nTuần này Sơn La trao **320 suất học bổng**. Kế hoạch năm 2027 kèm theo thư.\n\nTrân trọng")
	lan.presses(`form[action$="/next"] button[type=submit]`)
	lan.reads("Đã ghi. Kỳ tới sẽ như bản xem trước")
	lan.presses("details:has(#file) summary")
	lan.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{f.path("ke-hoach-2027.txt")}))
	lan.presses(`form[action$="/file"] button[type=submit]`)
	lan.reads("ke-hoach-2027.txt")
	lan.picture("greeting", "/office/digests/hang-tuan", "#preview", desk)
	lan.picture("approval", "/office/digests/hang-tuan", "", phone)
	const file = "/editions/" + edition + "/file"
	if p := d.get(file); p.status != http.StatusNotFound {
		t.Errorf("the file of a draft: %d", p.status)
	}

	// The approval, and the way of its messages.
	waits.Store(true)
	lan.open("/office/digests/hang-tuan")
	lan.presses(`form[action$="/approve"] button[type=submit]`)
	lan.reads("Đã duyệt: kỳ này được gửi.")
	until(t, "some are sent", func() bool { return offered.Load() > before })
	lan.open("/office/editions/" + edition)
	lan.reads("Đang gửi")
	lan.picture("progress", "/office/editions/"+edition, "", phone)
	close(release)
	until(t, "the edition is done", func() bool { return f.edition(edition).Status == bantin.EditionDone })
	got := server.Received()
	for i := range contacts {
		address, want := fmt.Sprintf("nguoi%d@example.org", i), 1
		if slices.Contains(refused, address) {
			want = 0
		}
		if got[address] != want {
			t.Errorf("%s got it %d times, want %d", address, got[address], want)
		}
	}
	if p := d.get(file); p.status != http.StatusOK || p.body != files["ke-hoach-2027.txt"] {
		t.Errorf("the file of an edition that was sent: %d %q", p.status, p.body)
	}
	if e := f.edition(edition); e.Approved == nil || e.Approved.By != approver || e.Version != 3 || e.Counts.Failed != int64(len(refused)) {
		t.Errorf("the record of the edition: %+v %+v version %d", e.Approved, e.Counts, e.Version)
	}
	if log := f.ok("audit", "--json"); strings.Count(log, `"what":"approve","object":"`+edition+`"`) != 1 {
		t.Errorf("the audit log has no approval, or two:\n%s", log)
	}
	lan.picture("bounces", "/office/editions/"+edition, ".data.wide", desk)

	// A new list, tried first.
	lan.open("/office/contacts/import")
	lan.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{f.path("danh-sach-tuan-48.csv")}))
	lan.presses(`form[enctype] button[type=submit]`)
	lan.reads("cuong(tại)example")
	tried, err := chromedp.Run(lan.tab, chromedp.Evaluate[string](`document.querySelector('form[action^="/office/contacts/import/"]').getAttribute("action")`))
	if err != nil {
		t.Fatal(err)
	}
	lan.picture("list", tried, "", desk)
	lan.open(tried)
	lan.presses(`form[action^="/office/contacts/import/"] button[type=submit]`)
	lan.reads("Đã nhập danh sách")

	// A bulletin is corrected, and the next mail will say so.
	lan.open("/office/bulletins/van-phong-son-la")
	lan.presses(`details:has(#announce) summary`)
	lan.do(chromedp.SetValue(chromedp.CSS("#title"), "Sơn La trao 330 suất học bổng cho học sinh vùng cao"))
	lan.types("#announce", "Có 330 suất học bổng, không phải 320.")
	lan.presses(`form[action$="/correct"] button[type=submit]`)
	lan.reads("Đã sửa.")
	lan.picture("correction", "/office/bulletins/van-phong-son-la", "mark.of-day", phone)
	f.write("bulletins/lai-chau.md", "---\ntitle: Lai Châu khai giảng lớp xóa mù chữ\n---\nTỉnh Lai Châu khai giảng mười lớp xóa mù chữ.\n")
	until(t, "there is news for the next edition", func() bool { return f.bantin("bulletins", "show", "van-phong-lai-chau").status == 0 })
	if out := f.ok("digest", "preview", "hang-tuan", "--contact", "nguoi1@example.org"); !strings.Contains(out, "Có 330 suất học bổng, không phải 320.") {
		t.Errorf("the next mail does not correct it:\n%s", out)
	}

	// What the months before left, and this one.
	f.pastMonths()
	f.ok("stats")
	lan.open("/office/statistics")
	lan.reads("thư đã gửi")
	lan.picture("statistics", "/office/statistics", "", desk)
}

// pastMonths counts what a digest a week would have left in the statistics of the eleven
// months before.
func (f *folder) pastMonths() {
	f.t.Helper()
	db, err := sql.Open("sqlite", f.path("var/bantin.db")+"?_pragma=busy_timeout(60000)")
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	now := time.Now().In(time.FixedZone("ICT", 7*3600)) // the zone of the site, in which it counts
	for i := 1; i < 12; i++ {
		month := time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		contacts := 60 - 2*i - i%3
		for figure, n := range map[string]int{"editions": 4, "sent": 4 * contacts, "hard": i % 3, "soft": 1 + i%4, "joined": 2 + i%3, "left": i % 2, "contacts": contacts} {
			digest := "hang-tuan"
			if figure == "joined" || figure == "left" || figure == "contacts" {
				digest = ""
			}
			_, err := db.ExecContext(f.t.Context(), `INSERT INTO statistics (figure, part, unit, span, name, digest, n) VALUES ($1, '', 'month', $2, '', $3, $4) ON CONFLICT DO NOTHING`, figure, month, digest, n)
			if err != nil {
				f.t.Fatal(err)
			}
		}
	}
}

// Those who do not approve in time are reminded once, by the daemon.
func TestApprovalIsReminded(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	files := weekNews()
	files["bantin.yaml"], files["contacts.csv"] = weekYAML(freeport.Port(t), server.Port(), ", approve_within: 1s"), weekContacts(3)
	f := newFolder(t, files)
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	f.start()
	f.ok("digest", "send", "hang-tuan", "--due", "2026-11-23T07:00")
	lan := &visitor{t: t, f: f, address: approver}
	lan.mailed(server, regexp.MustCompile(`(Kỳ này là bản thảo, bản 1)`))
	lan.mailed(server, regexp.MustCompile(`(?s)(Bản thảo này chờ từ .* chưa\s+ai\s+duyệt)`))
	if e := f.edition("hang-tuan-1"); e.Status != bantin.EditionDraft {
		t.Errorf("after the reminder it is %s", e.Status)
	}
	f.ok("editions", "approve", "hang-tuan-1", "--version", "1")
	until(t, "it is sent", func() bool { return f.edition("hang-tuan-1").Status == bantin.EditionDone })
	if n := server.Received()[approver]; n != 2 {
		t.Errorf("the approver got %d mails, want 2", n)
	}
}

// edition is an edition as programs read it.
func (f *folder) edition(id string) (e bantin.Edition) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(f.ok("editions", "show", id, "--json")), &e); err != nil {
		f.t.Fatal(err)
	}
	return e
}

// mailed waits for their mail whose plain text has what is looked for, and gives the part of
// it that is in parentheses.
func (v *visitor) mailed(server *smtptest.Server, what *regexp.Regexp) (found string) {
	v.t.Helper()
	until(v.t, "mail with "+what.String(), func() bool {
		for _, m := range server.Messages() {
			if !strings.Contains(string(m.Data), "To: <"+v.address+">") {
				continue
			}
			if part := what.FindStringSubmatch(officetest.PlainPart(v.t, m.Data)); part != nil {
				found = part[1]
			}
		}
		return found != ""
	})
	return found
}
