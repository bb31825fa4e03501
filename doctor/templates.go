package doctor

import (
	"context"

	"bantin"
)

// checkTemplates loads all templates and composes each digest with them.
func checkTemplates(_ context.Context, o *Options) Finding {
	if o.Templates == nil {
		return skipped(words("không có mẫu để thử", "there are no templates to try"))
	}
	hint := words("sửa mẫu trong thư mục templates, hoặc bỏ tệp ấy để dùng mẫu có sẵn", "correct the template in the folder of templates, or remove the file to use the built-in one")
	if err := o.Templates(); err != nil {
		return failed(words("mẫu hỏng: %v", "a template fails: %v", err), hint)
	}
	var bad []bantin.Words
	for _, d := range o.Digests {
		if d.Templates == nil {
			continue
		}
		if err := d.Templates(); err != nil {
			bad = append(bad, words("%s: %v", "%s: %v", d.ID, err))
		}
	}
	if len(bad) > 0 {
		return failed(join(bad...), hint)
	}
	return ok(words("mọi mẫu dùng được", "all templates work"))
}
