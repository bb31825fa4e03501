package templates

import "strings"

// Outdated is an override that was written before its template had some of its blocks:
// what an office writes there would not be seen.
type Outdated struct {
	File    string
	Missing []string // as templates write them: .Greeting
}

// Outdated lists the overrides that lack blocks.
func (s *Set) Outdated() []Outdated { return s.outdated }

// blocks are what the office may add to a digest, each as a field and as the partial that
// shows it.
var blocks = map[string]string{".Greeting": `template "greeting"`, ".File": `template "greeting"`, ".Corrections": `template "corrections"`, ".Note": `template "note"`}

// missing gives the blocks that an override of a digest's mail does not have.
func (s source) missing() []string {
	if s.file == s.path || s.path != "mail/digest.html" && s.path != "mail/digest.txt" {
		return nil
	}
	var list []string
	for _, field := range []string{".Greeting", ".File", ".Corrections", ".Note"} {
		if !strings.Contains(s.text, blocks[field]) && !usesField(s.text, field) {
			list = append(list, field)
		}
	}
	return list
}

// usesField reports whether a template names the field of the mail: .Note in a section is
// another one, which is never the subject of "with".
func usesField(text, field string) bool {
	for _, use := range []string{"with " + field, "range " + field, "if " + field, "{{" + field, "$" + field} {
		for _, end := range []string{"}", " ", ".", " -}"} {
			if strings.Contains(text, use+end) && !(field == ".Note" && use != "with .Note") {
				return true
			}
		}
	}
	return false
}
