package place

import (
	"slices"
	"strings"
	"sync"

	"bantin"
)

// seats names for each unit the towns and cities in it that texts name without
// it, its seat first, as they were to 2025-06-30.
const seats = `ha-giang:Hà Giang|cao-bang:Cao Bằng|bac-kan:Bắc Kạn|tuyen-quang:Tuyên Quang|lao-cai:Lào Cai,Sa Pa|dien-bien:Điện Biên Phủ,Mường Lay|lai-chau:Lai Châu|` +
	`son-la:Sơn La,Mộc Châu|yen-bai:Yên Bái,Nghĩa Lộ|hoa-binh:Hòa Bình|thai-nguyen:Thái Nguyên,Sông Công,Phổ Yên|lang-son:Lạng Sơn|` +
	`quang-ninh:Hạ Long,Cẩm Phả,Uông Bí,Móng Cái,Đông Triều,Quảng Yên|bac-giang:Bắc Giang|phu-tho:Việt Trì|vinh-phuc:Vĩnh Yên,Phúc Yên,Tam Đảo|` +
	`bac-ninh:Bắc Ninh,Từ Sơn,Quế Võ|hai-duong:Hải Dương,Chí Linh,Kinh Môn|hung-yen:Hưng Yên,Mỹ Hào|thai-binh:Thái Bình|ha-nam:Phủ Lý,Duy Tiên|nam-dinh:Nam Định|` +
	`ninh-binh:Ninh Bình,Tam Điệp,Hoa Lư|thanh-hoa:Thanh Hóa,Sầm Sơn,Bỉm Sơn|nghe-an:Vinh,Cửa Lò|ha-tinh:Hà Tĩnh,Hồng Lĩnh|quang-binh:Đồng Hới,Ba Đồn|` +
	`quang-tri:Đông Hà|hue:Huế|quang-nam:Tam Kỳ,Hội An|quang-ngai:Quảng Ngãi|binh-dinh:Quy Nhơn,An Nhơn,Hoài Nhơn|phu-yen:Tuy Hòa,Sông Cầu|` +
	`khanh-hoa:Nha Trang,Cam Ranh|ninh-thuan:Phan Rang|binh-thuan:Phan Thiết,La Gi|kon-tum:Kon Tum|gia-lai:Pleiku,An Khê,Ayun Pa|dak-lak:Buôn Ma Thuột,Buôn Hồ|` +
	`dak-nong:Gia Nghĩa|lam-dong:Đà Lạt,Bảo Lộc|binh-phuoc:Đồng Xoài,Phước Long,Bình Long|tay-ninh:Tây Ninh,Trảng Bàng|binh-duong:Thủ Dầu Một,Dĩ An,Thuận An,Bến Cát,Tân Uyên|` +
	`dong-nai:Biên Hòa,Long Khánh|ba-ria-vung-tau:Vũng Tàu,Bà Rịa|ho-chi-minh:Thủ Đức|long-an:Tân An,Kiến Tường|tien-giang:Mỹ Tho,Gò Công,Cai Lậy|ben-tre:Bến Tre|tra-vinh:Trà Vinh|` +
	`vinh-long:Vĩnh Long,Bình Minh|dong-thap:Cao Lãnh,Sa Đéc,Hồng Ngự|an-giang:Long Xuyên,Châu Đốc,Tân Châu|kien-giang:Rạch Giá,Hà Tiên,Phú Quốc|can-tho:Ninh Kiều|` +
	`hau-giang:Vị Thanh,Ngã Bảy|soc-trang:Sóc Trăng|bac-lieu:Bạc Liêu|ca-mau:Cà Mau`

// seatWords has the seats by their folded names.
var seatWords = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for unit := range strings.SplitSeq(seats, "|") {
		slug, towns, _ := strings.Cut(unit, ":")
		for town := range strings.SplitSeq(towns, ",") {
			all[Fold(town)] = slug
		}
	}
	return all
})

// SeatOf gives the unit of the first town or city that text names, where the
// unit itself need not be named: Việt Trì lies in Phú Thọ. The unit is one of
// day; the zero day is before the reform.
func SeatOf(text string, day bantin.Day) (slug string, ok bool) {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.;()–-\u00a0\n", r) })
	for i := range words {
		for n := min(3, len(words)-i); n > 0; n-- {
			name := strings.Join(words[i:i+n], " ")
			if slug, ok := seatWords()[Fold(name)]; ok && capitals(words[i:i+n]) {
				if !day.IsZero() && !day.Before(Reform()) {
					slug = lastOf(slug)
				}
				return slug, true
			}
		}
	}
	return "", false
}

// capitals reports whether each word begins with a capital.
func capitals(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return strings.ToLower(w[:1]) == w[:1] && w[0] < 0x80 })
}
