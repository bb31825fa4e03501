package feed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin"

	"github.com/google/uuid"
)

func testSite() *bantin.Site {
	return &bantin.Site{
		Title:    "Hội Khuyến học Việt Nam",
		URL:      "https://bantin.example.org",
		Language: bantin.Vietnamese,
		Location: time.FixedZone("+07", 7*60*60),
	}
}

func testChannel(entries ...bantin.Bulletin) *Channel {
	names := map[string]string{"phu-tho": "Phú Thọ", "son-la": "Sơn La"}
	return &Channel{
		Site:     testSite(),
		Feed:     bantin.Feed{ID: "tat-ca", Title: "Bản tin khuyến học"},
		Entries:  entries,
		Places:   func(slug string) string { return names[slug] },
		Clusters: func(string) string { return "Cụm I – Tây Bắc" },
	}
}

// bulletin is the n-th of a day: published on the same day as all others, and
// arrived a millisecond after the one before.
func bulletin(n int) bantin.Bulletin {
	arrived := time.Date(2026, time.November, 20, 1, 0, 0, n*int(time.Millisecond), time.UTC)
	id := fmt.Sprintf("giao-ban-%d", n)
	return bantin.Bulletin{
		ID:                 id,
		FeedID:             uuid.NewSHA1(uuid.NameSpaceURL, []byte(id)).URN(),
		Title:              fmt.Sprintf("Hội nghị giao ban cụm Tây Bắc lần thứ %d", n),
		Lead:               "Ngày 28/4/2022, tại Thành phố Việt Trì, Cụm I đã tổ chức Hội nghị Giao ban.",
		HTML:               `<p>Tham dự có lãnh đạo Hội Khuyến học 9 tỉnh.</p><figure><img src="/images/a1.jpg" alt=""><figcaption>Tặng hoa</figcaption></figure>`,
		Text:               "Tham dự có lãnh đạo Hội Khuyến học 9 tỉnh.",
		Author:             "Nguyễn Thị Kim Hải",
		URL:                "http://www.hoikhuyenhoc.example/modules.php?name=News&op=viewst&sid=4929",
		Published:          time.Date(2026, time.November, 19, 17, 0, 0, 0, time.UTC),
		PublishedPrecision: bantin.PrecisionDay,
		Places:             []string{"phu-tho", "son-la"},
		Clusters:           []string{"tay-bac"},
		Images: []bantin.Image{
			{Src: "/images/a1.jpg", Caption: "Tặng hoa", Type: "image/jpeg", Width: 960, Height: 540, Length: 12345},
			{Caption: "Đồng chí Lê Mạnh Hùng phát biểu"},
		},
		Attachments: []bantin.Attachment{{Src: "/images/ke-hoach.pdf", Type: "application/pdf", Length: 7_000_000_000}},
		Revision:    1,
		Seq:         int64(n + 1),
		Change:      int64(n + 1),
		ArrivedAt:   arrived,
		ChangedAt:   arrived,
	}
}

func many(n int) []bantin.Bulletin {
	var out []bantin.Bulletin
	for i := n - 1; i >= 0; i-- {
		out = append(out, bulletin(i))
	}
	return out
}

// with changes the bulletin for a case of a table.
func with(n int, change func(*bantin.Bulletin)) bantin.Bulletin {
	b := bulletin(n)
	change(&b)
	return b
}

// hard is what sources have brought and offices have pasted.
func hard() []bantin.Bulletin {
	return []bantin.Bulletin{
		with(1, func(b *bantin.Bulletin) {
			b.Title = "Học & hành: A&B, &amp; &lt;b&gt; R&D <b>đậm</b> 1 < 2 & 3 > 2"
		}),
		with(2, func(b *bantin.Bulletin) { b.Title = "&lt;script&gt; &#60;i&#62; &nbsp; <!-- ghi chú --> </p>" }),
		with(3, func(b *bantin.Bulletin) {
			b.Title, b.Lead = "Chúc mừng 🎓👩‍🏫 𠮷", "Lời chúc 🎉 <em>nồng nhiệt</em> &quot;"
		}),
		with(4, func(b *bantin.Bulletin) { b.Title = "Ho\u0323\u0302i Khuye\u0302\u0301n ho\u0323c" }), // NFD
		with(5, func(b *bantin.Bulletin) { b.Title = "Dòng một\r\nBcc: ai@example.org\r\n\r\n" }),
		with(6, func(b *bantin.Bulletin) {
			b.Title, b.Lead = "Ký tự\u000B lạ\u0000\u0001\uFFFE\u0085\u0092", "\u000B\u001F mở đầu \xff\xfe"
			b.HTML = "<p>Thân\u000B bài \uFFFF \u0008 ]]> \uFFFD</p>"
		}),
		with(7, func(b *bantin.Bulletin) { b.Images, b.HTML = nil, "<p>Không có ảnh</p>" }),
		with(8, func(b *bantin.Bulletin) {
			b.Images = []bantin.Image{{Caption: "Ảnh 1: <b>tặng hoa</b> &amp; quà"}, {Src: "/images/ảnh đẹp.jpg", Caption: "A & B"}}
		}),
		with(9, func(b *bantin.Bulletin) { b.HTML, b.Text, b.Lead, b.Images = "", "", "", nil }),
		with(10, func(b *bantin.Bulletin) {
			b.HTML, b.Text = "", "Đoạn một\ndòng hai\n\nĐoạn hai <chưa đóng & xong"
		}),
		with(11, func(b *bantin.Bulletin) { b.Title, b.Places, b.Clusters, b.Author = "", nil, nil, "" }),
		with(12, func(b *bantin.Bulletin) { b.Author = "Văn phòng <vanphong@example.org> & Ban Thi đua" }),
		with(13, func(b *bantin.Bulletin) { b.Language, b.Title = "en-GB", "A letter from the office" }),
		with(14, func(b *bantin.Bulletin) { b.Language = "tiếng Việt" }),
		with(15, func(b *bantin.Bulletin) { b.Published = b.ArrivedAt.AddDate(1, 0, 0) }), // post-dated
		with(16, func(b *bantin.Bulletin) { b.Published = time.Time{} }),
		with(17, func(b *bantin.Bulletin) { b.ChangedAt = bulletin(7).ChangedAt }), // shares a time
		with(18, func(b *bantin.Bulletin) {
			b.HTML = `<p>Xem <a href="../kế-hoạch.pdf?a=1&b=2">kế hoạch</a>, <a href="#cuoi">cuối</a>, <a href="mailto:a@example.org">thư</a>` +
				`<img src="//cdn.example.org/x.png" alt="" srcset="/images/x-2.png 2x"><a href="http://%zz">hỏng</a><p>không đóng<table><td>ô`
		}),
		with(19, func(b *bantin.Bulletin) { b.URL = "không phải địa chỉ" }),
		with(20, func(b *bantin.Bulletin) {
			b.Attachments = []bantin.Attachment{{Src: "https://khuyếnhọc.example/tài liệu.doc"}, {Src: "/f.mp3", Type: "audio/mpeg"}, {Src: ""}}
		}),
		with(21, func(b *bantin.Bulletin) { b.Title = strings.Repeat("Hội nghị tổng kết ", 60) }),
		with(23, func(b *bantin.Bulletin) {
			b.Images[0].Caption = "Trao học bổng cho học sinh Phú Thọ (Ảnh: Nguyễn Văn An)"
		}),
		with(24, func(b *bantin.Bulletin) { b.URL = "https://khuyếnhọc.example:8443/tin?a=1&b=<2>" }),
		with(22, func(b *bantin.Bulletin) { b.Attachments = nil; b.Images[0].Alt = `Ảnh "đẹp" <1>` }),
	}
}

func TestIDsOutliveTitleDateAndAddress(t *testing.T) {
	c := testChannel(bulletin(1))
	before, entryBefore := c.ID(), c.entries()[0].id
	c.Site.URL, c.Feed.Title = "http://localhost:8080", "Tên mới"
	c.Entries[0].Title, c.Entries[0].Published = "Tiêu đề mới", time.Now()
	if c.ID() != before || c.entries()[0].id != entryBefore {
		t.Error("an id changed with title, date or address")
	}
	c.Feed.ID, c.Born = "ten-moi", "tat-ca"
	if c.ID() != before {
		t.Error("an id changed with the feed's name in YAML")
	}
	c.Feed.ID, c.Born = "tinh/phu-tho", ""
	if c.ID() == before {
		t.Error("two feeds share an id")
	}
	if !strings.HasPrefix(before, "urn:uuid:") {
		t.Errorf("feed id %q is no urn:uuid", before)
	}
}

// TestKeptEntries are those that are written anew, in every format, and what depends on its
// neighbours is not kept.
func TestKeptEntries(t *testing.T) {
	list := append(hard(), bulletin(50), bulletin(50)) // the last two changed at the same time
	for _, f := range Formats() {
		want, err := RenderAs(testChannel(list...), f)
		if err != nil {
			t.Fatal(err)
		}
		kept, made := map[string][]byte{}, 0
		for range 2 {
			c := testChannel(list...)
			c.Keep = func(b *bantin.Bulletin, ext string, anew func() ([]byte, error)) (entry []byte, err error) {
				key := fmt.Sprint(ext, b.FeedID, b.Revision, b.ChangedAt.UnixNano())
				if kept[key] == nil {
					made++
					kept[key], err = anew()
				}
				return kept[key], err
			}
			got, err := RenderAs(c, f)
			if err != nil || string(got.Body) != string(want.Body) {
				t.Fatalf("%s of kept entries differs, %v", f.Name, err)
			}
		}
		if made == 0 || made >= len(list) {
			t.Errorf("%s: of %d entries %d are kept", f.Name, len(list), made)
		}
	}
}

func TestTimesOfChangeAreUnique(t *testing.T) {
	same := many(50)
	for i := range same {
		same[i].ChangedAt, same[i].ArrivedAt = same[0].ChangedAt, same[0].ArrivedAt
	}
	seen := make(map[string]bool)
	for _, e := range testChannel(same...).entries() {
		if s := rfc3339(e.updated); seen[s] {
			t.Errorf("%s twice", s)
		} else {
			seen[s] = true
		}
		if e.updated.Before(e.published) {
			t.Errorf("updated %v before published %v", e.updated, e.published)
		}
	}
}

func TestChangedHoldsForEmptyFeeds(t *testing.T) {
	if got := testChannel().Changed(); !got.Equal(never()) {
		t.Errorf("empty feed changed at %v", got)
	}
	c := testChannel(bulletin(1))
	c.Updated = time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC) // something was withdrawn
	if got := c.Changed(); !got.Equal(c.Updated) {
		t.Errorf("Changed = %v, want the withdrawal's %v", got, c.Updated)
	}
}

// entries tells every bulletin of the channel.
func (c *Channel) entries() []entry {
	out := make([]entry, len(c.Entries))
	for i, changed := range c.changeTimes() {
		out[i] = c.entry(&c.Entries[i])
		out[i].updated = changed
	}
	return out
}
