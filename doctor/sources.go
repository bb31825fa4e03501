package doctor

import (
	"context"
	"slices"
	"time"

	"bantin"
)

// longFailing is how long a source may fail before bulletins are missed.
const longFailing = 24 * time.Hour

// checkSources looks how the last reading of each source went.
func checkSources(ctx context.Context, o *Options) Finding {
	switch {
	case len(o.Sources) == 0:
		return skipped(words("không có nguồn nào", "there are no sources"))
	case o.Store == nil:
		return skipped(words("chưa có cơ sở dữ liệu", "there is no database yet"))
	}
	states, err := o.Store.Sources().List(ctx)
	if err != nil {
		return skipped(words("không đọc được tình trạng nguồn: %v", "the state of the sources cannot be read: %v", err))
	}
	var failing []bantin.Words
	status := Warning
	for _, s := range states {
		if s.LastError == "" || !slices.Contains(o.Sources, s.ID) {
			continue
		}
		if o.now().Sub(s.LastSuccess) > longFailing {
			status = Failed
		}
		failing = append(failing, words("nguồn %s lỗi: %s", "source %s fails: %s", s.ID, s.LastError))
	}
	if len(failing) > 0 {
		return Finding{Status: status, What: join(failing...), Hint: words("xem `bantin sources`", "see `bantin sources`")}
	}
	return ok(words("%d nguồn đọc được", "%d sources can be read", len(o.Sources)))
}
