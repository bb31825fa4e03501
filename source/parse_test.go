package source_test

import (
	"strings"
	"testing"
	"time"
)

// What is nested deeper than any parser goes loses tags and no words.
func TestPagesNestedDeep(t *testing.T) {
	const end = "<p>Phần cuối của bản tin.</p><script>var x = '<p>mã</p>'</script>"
	for name, nest := range map[string]string{
		"div": strings.Repeat("<div>", 2000), "font": strings.Repeat(`<font color="red">`, 2000), "b": strings.Repeat("<b>", 2000),
		"tables": strings.Repeat("<table><tr><td>", 2000), "lists": strings.Repeat("<ul><li>", 2000), "frames": strings.Repeat("<p><span>", 20000),
		"closed": strings.Repeat("<div>", 1000) + "Trong cùng." + strings.Repeat("</div>", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/sau.html", "<title>Lồng sâu</title><p>Mở đầu bản tin.</p>"+nest+"<p>Phần giữa.</p>"+end)
			write(t, dir+"/sau.md", "# Lồng sâu\n\nMở đầu.\n\n<div>"+nest+"<p>Phần giữa.</p>"+end+"\n")
			start := time.Now()
			for _, item := range read(t, dir, nil) {
				if item.Err != nil {
					t.Errorf("%s: %v", item.ID, item.Err)
					continue
				}
				text := item.Bulletin.Text
				if !strings.Contains(text, "Phần giữa.") || !strings.Contains(text, "Phần cuối của bản tin.") || strings.Contains(text, "mã") {
					t.Errorf("%s: %q", item.ID, text[max(0, len(text)-200):])
				}
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
