package config

import (
	"os"
	"regexp"
	"strings"
)

// expand replaces ${NAME} by the environment variable NAME, and $${NAME} by
// ${NAME}. It reports each variable that is not set.
func (d *decoder) expand(at spot, text string) (string, bool) {
	if !strings.Contains(text, "${") {
		return text, true
	}
	ok := true
	text = regexp.MustCompile(`\$?\$\{[^}]*\}?`).ReplaceAllStringFunc(text, func(match string) string {
		if strings.HasPrefix(match, "$$") {
			return match[1:]
		}
		name := strings.TrimSuffix(strings.TrimPrefix(match, "${"), "}")
		value, set := os.LookupEnv(name)
		if !set {
			ok = false
			d.report.add(at, both("biến môi trường %q chưa được đặt", "the environment variable %q is not set", name),
				both("đặt biến ấy trước khi chạy bantin; viết $${…} cho chính các ký tự ${…}", "set it before bantin starts; write $${…} for a literal ${…}"))
		}
		return value
	})
	return text, ok
}
