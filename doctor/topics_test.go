package doctor

import (
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/store"
)

// A topic that no bulletin is about any more is told, and so is one that none ever was.
func TestTopicsThatVanish(t *testing.T) {
	t.Parallel()
	db, now := openStore(t, officetest.DataDir(t)), time.Now()
	b := &bantin.Bulletin{ID: "hoc-bong", Source: "van-phong", SourceID: "hoc-bong.md", Title: "Phú Thọ trao học bổng", Published: now}
	_, err := db.Bulletins().Store(t.Context(), []store.Arrival{{Source: "van-phong", Item: b.SourceID, Version: "1", Digest: "1", Identity: "file:van-phong/hoc-bong.md",
		Bulletin: b, Tags: []string{"topic:hoc-bong"}}}, store.ArrivalPolicy{FeedID: func(id string) string { return "urn:uuid:" + id }})
	if err != nil {
		t.Fatal(err)
	}
	o := &Options{Store: db, Now: func() time.Time { return now }, Topics: []Topic{{ID: "hoc-bong", Tag: "topic:hoc-bong"}}}
	expect(t, look(t, o, "topics"), OK, "1 topics have bulletins")
	now = now.AddDate(0, 0, 184)
	expect(t, look(t, o, "topics"), Warning, "topic hoc-bong has had no news since")
	o.Topics = append(o.Topics, Topic{ID: "thu-vien", Tag: "topic:thu-vien"})
	expect(t, look(t, o, "topics"), Warning, "topic thu-vien has no bulletin")
}
