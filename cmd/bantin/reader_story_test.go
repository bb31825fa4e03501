package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A secretary in Phú Thọ, in a browser that runs no script: they sign up,
// confirms by the mail, gets the next digest, chooses other provinces, gets the
// next one changed, leaves by one click, comes back, and leaves on the page.
func TestReaderStoryInBrowser(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML,
		"bulletins/phu-tho.md": phuTho,
		"bulletins/ca-mau.md":  "---\ntitle: Cà Mau có thuyền đưa học trò\nplaces: [ca-mau]\n---\nThuyền đưa học trò qua sông.\n",
		"bulletins/chung.md":   "---\ntitle: Hướng dẫn chấm điểm công dân học tập\nplaces: []\n---\nSổ dùng thử từ tháng 12.\n",
	})
	d := f.start()
	until(t, "the bulletins are there", func() bool { return strings.Contains(d.get("/").body, "Cà Mau có thuyền") })
	reader := &visitor{t: t, f: f, d: d, address: "lan.phutho@example.org", tab: browser(t)}
	reader.withoutScripts()

	reader.open("/subscribe")
	reader.types("#email", reader.address)
	reader.sets("#place", "phu-tho")
	reader.presses("form button[type=submit]")
	reader.reads("Còn một bước nữa")
	reader.open(reader.link("confirm", "Xác nhận"))
	reader.presses("button[type=submit]")
	reader.reads("Xong, bạn đã đăng ký")

	f.ok("digest", "send", "hang-tuan", "--due", "2026-11-23T07:00")
	first := reader.digest(1)
	if !strings.Contains(first, "Phú Thọ tổng kết") || !strings.Contains(first, "Cà Mau có thuyền") || strings.Index(first, "Cà Mau") < strings.Index(first, "Phú Thọ tổng kết") {
		t.Errorf("the first digest does not begin with their province:\n%s", first)
	}

	// Other provinces.
	reader.open(reader.link("preferences", "tổng kết"))
	reader.sets("#place", "ca-mau")
	reader.presses("summary")
	reader.presses(`input[name=reads][value=ca-mau]`)
	reader.presses("form button[type=submit]")
	reader.reads("Đã lưu")
	for name, text := range map[string]string{
		"phu-tho-2": "---\ntitle: Phú Thọ trao học bổng\nplaces: [phu-tho]\n---\nHọc bổng cho học sinh.\n",
		"ca-mau-2":  "---\ntitle: Cà Mau mở thư viện\nplaces: [ca-mau]\n---\nThư viện mở cửa.\n",
		"chung-2":   "---\ntitle: Thư của Hội gửi các thầy cô\nplaces: []\n---\nHội cảm ơn các thầy cô.\n",
	} {
		f.write("bulletins/"+name+".md", text)
		until(t, name+" is there", func() bool { return f.bantin("bulletins", "show", "van-phong-"+name).status == 0 })
	}
	f.ok("digest", "send", "hang-tuan", "--due", "2026-11-24T07:00")
	second := reader.digest(2)
	if !strings.Contains(second, "Cà Mau mở thư viện") || !strings.Contains(second, "các thầy cô") || strings.Contains(second, "Phú Thọ trao học bổng") {
		t.Errorf("the second digest is not of the provinces they read:\n%s", second)
	}

	// One click, undone by a link that is mailed to them alone, left on the page.
	leave := reader.link("unsubscribe", "Cà Mau mở thư viện")
	if p := d.post(leave, "List-Unsubscribe=One-Click"); p.status != 200 {
		t.Fatalf("one click: %d", p.status)
	}
	reader.is("unsubscribed")
	reader.open(reader.link("preferences", "Cà Mau mở thư viện"))
	reader.presses("form:has(input[value=link]) button[type=submit]")
	reader.reads("Một thư có liên kết")
	reader.open(reader.link("preferences", "Mở trang dữ liệu của tôi"))
	reader.presses("#digest-0")
	reader.presses("form button[type=submit]")
	reader.is("active")
	reader.open(leave)
	reader.presses("button[type=submit]")
	reader.reads("Bạn đã ngừng nhận Bản tin khuyến học trong tuần")
	reader.is("unsubscribed")
	reader.link("preferences", "Đây là thư cuối")
	f.write("bulletins/moi.md", "# Tin sau khi cô rời danh sách\n\nKhông ai nhận.\n")
	until(t, "one more is there", func() bool { return f.bantin("bulletins", "show", "van-phong-moi").status == 0 })
	if out := f.ok("digest", "send", "hang-tuan", "--due", "2026-11-25T07:00", "--json"); out != "" { // nobody is left
		t.Errorf("the digest after they left: %s", out)
	}
}

// visitor is a person with a browser and a mailbox.
type visitor struct {
	t       *testing.T
	f       *folder
	d       *daemon
	address string
	tab     context.Context
}

func (v *visitor) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.tab, actions...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) withoutScripts() {
	v.t.Helper()
	v.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

func (v *visitor) open(path string) { v.t.Helper(); v.do(chromedp.Navigate(v.d.base + path)) }

func (v *visitor) types(field, text string) {
	v.t.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS(field), text))
}

func (v *visitor) sets(field, value string) {
	v.t.Helper()
	v.do(chromedp.SetValue(chromedp.CSS(field), value))
}

func (v *visitor) presses(button string) { v.t.Helper(); v.do(chromedp.Click(chromedp.CSS(button))) }

// reads waits until the page says something.
func (v *visitor) reads(words string) {
	v.t.Helper()
	var page string
	until(v.t, "the page says "+words, func() bool {
		var err error
		page, err = chromedp.Run(v.tab, chromedp.Text(chromedp.CSS("body")))
		return err == nil && strings.Contains(page, words)
	})
}

// mail gives their mail that holds the words, without line breaks of its encoding.
func (v *visitor) mail(words string) (found string) {
	v.t.Helper()
	until(v.t, "mail with "+words, func() bool {
		files, err := filepath.Glob(v.f.path("var/outbox/" + v.address + "-*.eml"))
		if err != nil {
			v.t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				return false
			}
			if text := readable(v.t, raw); strings.Contains(text, words) {
				found = text
				return true
			}
		}
		return false
	})
	return found
}

// link is the path of a link in their mail that holds the words.
func (v *visitor) link(page, words string) string {
	v.t.Helper()
	found := regexp.MustCompile(`https://bantin\.example\.org(/` + page + `/[\w-]+)`).FindStringSubmatch(v.mail(words))
	if found == nil {
		v.t.Fatalf("no link to %s in the mail with %q", page, words)
	}
	return found[1]
}

// digest is the text of an edition as they got it.
func (v *visitor) digest(number int) string {
	v.t.Helper()
	return v.mail(map[int]string{1: "Số 1", 2: "Số 2"}[number])
}

// is waits until they have said so of the digest.
func (v *visitor) is(status string) {
	v.t.Helper()
	until(v.t, "they are "+status, func() bool {
		var c struct {
			Subscriptions []struct{ Status string }
		}
		e := v.f.bantin("contacts", "show", v.address, "--json")
		return e.status == 0 && json.Unmarshal([]byte(e.out), &c) == nil && len(c.Subscriptions) == 1 && c.Subscriptions[0].Status == status
	})
}

// readable is the body of a message as a mail program decodes it.
func readable(t *testing.T, raw []byte) string {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
