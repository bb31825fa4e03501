package edition

import (
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// An audience that matches nobody makes no edition and uses up no news; the admin is
// told why.
func TestNobody(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.plan.Report = "admin@example.org"
	s.plan.Audience = bantin.Audience{Levels: []bantin.Level{bantin.LevelProvince}}
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.next(s.look("02/03/2027 07:00"), "03/03/2027 07:00")
	s.want()
	why, err := s.editor.WhyNobody(t.Context(), &s.plan.Digest, s.Now())
	if err != nil || why.VI != "không ai trong danh sách có cấp tỉnh; danh sách có: chưa ghi cấp 3" ||
		why.EN != "nobody on the list has the level province; the list has: no level 3" {
		t.Errorf("%+v %v", why, err)
	}
	notice, ok, err := s.DB.Notices().Claim(t.Context(), "a", time.Minute)
	if err != nil || !ok || notice.About.Report == nil || notice.About.Report.Kind != store.ReportNobody || notice.About.Report.Detail != why.VI {
		t.Errorf("%+v %v %v", notice, ok, err)
	}
	s.plan.Audience = bantin.Audience{}
	s.look("03/03/2027 07:00")
	s.want("hang-tuan-1 03/03/2027 07:00 [a]")
}

func TestWhyNobody(t *testing.T) {
	o := newOffice(t)
	ask := func(audience bantin.Audience, want string) {
		t.Helper()
		d := *o.Digest
		d.Audience = audience
		if why, err := o.editor.WhyNobody(t.Context(), &d, o.Now()); err != nil || why.EN != want {
			t.Errorf("%q %v, want %q", why.EN, err, want)
		}
	}
	ask(bantin.Audience{}, "the list of contacts is empty")
	o.Import([]bantin.Contact{
		{Email: "anh@example.org", Name: "Nguyễn Thị Ánh", Place: "phu-tho", Level: bantin.LevelProvince, Language: "vi", Tags: []string{"báo"}},
		{Email: "binh@example.org", Name: "Lê Văn Bình", Place: "ha-noi", Level: bantin.LevelCommune, Language: "vi"},
	})
	ask(bantin.Audience{}, "")
	ask(bantin.Audience{Levels: []bantin.Level{bantin.LevelDistrict}}, "nobody on the list has the level district; the list has: province 1, commune 1")
	ask(bantin.Audience{Places: []string{"can-tho"}}, "nobody on the list is of a place or cluster of its audience")
	ask(bantin.Audience{Languages: []bantin.Language{"en"}}, "nobody on the list has a language of its audience")
	ask(bantin.Audience{Tags: []string{"đài"}}, "nobody on the list has a tag of its audience")
	ask(bantin.Audience{Places: []string{"ha-noi"}, Levels: []bantin.Level{bantin.LevelProvince}}, "nobody fits all keys of its audience at once")
	for _, address := range []string{"anh@example.org", "binh@example.org"} {
		if _, err := o.DB.Suppressions().Add(t.Context(), address, "office", o.Now()); err != nil {
			t.Fatal(err)
		}
	}
	ask(bantin.Audience{}, "everybody on the list unsubscribed, paused or is suppressed")
}
