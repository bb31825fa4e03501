package web

import "net/http"

// messagePage is a page with a short message only.
type messagePage struct {
	page
	Paragraphs []string
	Write      bool   // offer the office's address
	Back       string // target of the link to continue; "": the list of bulletins
	BackTo     string // its text

	status int
}

func (s *site) message(r *http.Request, status int, title string, paragraphs ...string) *messagePage {
	p := &messagePage{page: s.newPage(r, "", title), Paragraphs: paragraphs, status: status}
	p.Private = true
	return p
}

// failure is the page for an error.
func (s *site) failure(r *http.Request, err error) *messagePage {
	f := failureOf(err)
	l := s.language(r)
	p := s.message(r, f.status, f.title.In(l))
	for _, words := range f.text {
		p.Paragraphs = append(p.Paragraphs, words.In(l))
	}
	p.Write = f.write
	if f.again && len(s.Digests) > 0 {
		p.Back, p.BackTo = p.Href("/subscribe"), l.Say("Đăng ký nhận bản tin", "Subscribe")
	}
	return p
}
