//go:build unix

package officetest

import (
	"fmt"
	"testing"

	"bantin"
	"bantin/store"
)

// Small gives the short size of a benchmark under -short, else the full one.
func Small(short, full int) int {
	if testing.Short() {
		return short
	}
	return full
}

// Paragraph is of a bulletin's usual text.
const Paragraph = "Hội Khuyến học tỉnh Phú Thọ phối hợp với Sở Giáo dục và Đào tạo tổ chức hội nghị " +
	"tổng kết phong trào xây dựng xã hội học tập; các cấp hội đã trao 1.250 suất học bổng cho học sinh nghèo vượt khó.\n\n"

// AddBulletins stores n bulletins of two places, so that a hundred fill the feeds
// of both.
func (o *Office) AddBulletins(n int) {
	o.T.Helper()
	places := []string{"phu-tho", "can-tho"}
	var batch []store.Arrival
	for i := range n {
		id := fmt.Sprintf("tin-%d", i)
		batch = append(batch, o.arrival(id, "Tin số "+id, "Phong trào khuyến học.", places[i%2]))
		if len(batch) == 500 || i == n-1 {
			o.Store(batch...)
			batch = batch[:0]
		}
	}
}

// AddWeeksNews stores bulletins that make mails of about 29 KB.
func (o *Office) AddWeeksNews() {
	o.T.Helper()
	places := []string{"phu-tho", "can-tho", "ha-noi"}
	var batch []store.Arrival
	for i := range 8 {
		id := fmt.Sprintf("tin-%d", i)
		batch = append(batch, o.arrival(id, "Phú Thọ tổng kết phong trào khuyến học, khuyến tài và xây dựng xã hội học tập, tin số "+id, Paragraph, places[i%3]))
	}
	o.Store(batch...)
}

func (o *Office) arrival(id, title, lead, place string) store.Arrival {
	b := &bantin.Bulletin{ID: id, Source: "van-phong", SourceID: id, Title: title, Lead: lead,
		Text: Paragraph, HTML: "<p>" + Paragraph + "</p>", Places: []string{place}, Published: o.Now()}
	return store.Arrival{Source: "van-phong", Item: id, Version: "1", Digest: id, Identity: "file:van-phong/" + id, Bulletin: b, Tags: o.Atlas.Tags(b)}
}
