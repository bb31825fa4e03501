package bantin

import "regexp"

// Redacted replaces passwords in addresses within a text, of addresses too that are
// invalid: what stands between a user name and the last @ of the word or line, and what
// follows password=.
func Redacted(text string) string {
	address := regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]*:/{0,3}[^\s:/@"']*):[^"'\n]*@`)
	setting := regexp.MustCompile(`(?i)(\bpassword\s*=\s*)('[^'\n]*'?|[^\s&"']+)`)
	return setting.ReplaceAllString(address.ReplaceAllString(text, "$1:xxxxx@"), "${1}xxxxx")
}
