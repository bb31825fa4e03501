package place

import "bantin"

// BuiltInClusters lists the association's clusters (cụm) as far as they are
// known from its own bulletins and the press. They change, so configuration may
// replace or add to them; an id is replaced whole.
func BuiltInClusters() []bantin.Cluster {
	return []bantin.Cluster{
		{
			ID:    "tay-bac", // bulletin of 2022-04-29
			Title: "Cụm I – Tây Bắc",
			Names: []string{"cụm I", "cụm số 1", "cụm Tây Bắc"},
			Places: []string{"lai-chau", "dien-bien", "son-la", "hoa-binh", "lao-cai", "yen-bai",
				"phu-tho", "ha-giang", "tuyen-quang"},
		},
		{
			ID:     "dong-bac", // of its eight members two were named in 2022; its number is not known
			Title:  "Cụm Đông Bắc",
			Names:  []string{"cụm Đông Bắc"},
			Places: []string{"thai-nguyen", "bac-kan"},
		},
		{
			ID:     "cum-4", // its meeting of 2025-12-13
			Title:  "Cụm số 4 – Bắc Trung Bộ",
			Names:  []string{"cụm số 4", "cụm IV", "cụm Bắc Trung Bộ"},
			Places: []string{"thanh-hoa", "nghe-an", "ha-tinh", "quang-binh", "quang-tri"},
		},
		{
			ID:    "cum-8", // its meeting of 2020-07-31
			Title: "Cụm số 8 – Đồng bằng sông Cửu Long",
			Names: []string{"cụm số 8", "cụm VIII", "cụm đồng bằng sông Cửu Long"},
			Places: []string{"vinh-long", "hau-giang", "an-giang", "dong-thap", "ben-tre", "bac-lieu",
				"kien-giang", "soc-trang", "tien-giang", "tra-vinh", "ca-mau", "can-tho"},
		},
	}
}
