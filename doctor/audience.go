package doctor

import (
	"context"

	"bantin"
)

// checkAudience asks for each digest whether anybody gets it.
func checkAudience(ctx context.Context, o *Options) Finding {
	if len(o.Digests) == 0 {
		return skipped(words("không có bản tin tổng hợp nào", "there is no digest"))
	}
	var nobody []bantin.Words
	for _, d := range o.Digests {
		if d.Nobody == nil {
			return skipped(words("chưa có cơ sở dữ liệu", "there is no database yet"))
		}
		why, err := d.Nobody(ctx)
		if err != nil {
			return skipped(words("không đếm được người nhận: %v", "the recipients cannot be counted: %v", err))
		}
		if why != (bantin.Words{}) {
			nobody = append(nobody, bantin.Words{VI: d.ID + " có 0 người nhận: " + why.VI, EN: d.ID + " has 0 recipients: " + why.EN})
		}
	}
	if len(nobody) > 0 {
		return warning(join(nobody...), words("nhập danh sách, hoặc sửa audience; hỏi về một người: bantin digest audience ID --contact ĐỊA-CHỈ", "import a list, or change audience; ask about a contact: bantin digest audience ID --contact ADDRESS"))
	}
	return ok(words("%d bản tin tổng hợp có người nhận", "%d digests have recipients", len(o.Digests)))
}
