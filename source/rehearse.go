package source

import (
	"context"
	"errors"
	"time"

	"bantin/picture"
	"bantin/source/attempt"
	"bantin/source/document"
)

// How documents are noted while they are read, where their names do not say it.
const (
	asMail  = ".eml"
	asFeed  = "feed"
	asEntry = ".html"
	asImage = "picture"
)

// Rehearse reads a document as a source does, and keeps nothing of it: no picture is
// looked for and nothing is stored. It is for a child process in which a document is
// tried that may have ended another; as says what the document is, as the source noted
// it. That it gives no bulletin is no error.
func Rehearse(ctx context.Context, as string, raw []byte) error {
	options := &document.Options{Location: time.UTC, Now: time.Now}
	switch as { // what is wrong with it is told where it is read
	case asFeed:
		_, _ = parseFeed(raw, "")
		return nil
	case asImage:
		_ = picture.Check(raw)
		return nil
	}
	if d, err := document.Read(ctx, options, document.File{Name: as, Raw: raw}); err == nil {
		d.Finish()
	}
	return ctx.Err()
}

// attempt reads a document that is noted meanwhile. An error is a *Problem or that of ctx,
// and then the caller must not touch what read works on.
func (s *Spec) attempt(ctx context.Context, as string, raw []byte, read func()) error {
	err := s.Attempts.Do(ctx, as, raw, read)
	switch {
	case isStopped(err):
		return stopped(err)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return nil // what else failed is only the note
}

// isStopped reports whether a document is not read for what reading it did.
func isStopped(err error) bool {
	return errors.Is(err, attempt.ErrStopped) || errors.Is(err, attempt.ErrSlow) || errors.Is(err, attempt.ErrPanic)
}

// stopped is the reason why a document is not read that ended the program before, or
// takes too long.
func stopped(err error) *Problem {
	p := &Problem{Err: err, Hint: words("lưu lại dưới dạng khác (.docx, .txt), hoặc bỏ đi", "save it in another format (.docx, .txt), or remove it")}
	switch {
	case errors.Is(err, attempt.ErrStopped):
		p.Words = words("lần trước chương trình đã dừng khi đọc nội dung này (quá nhiều bộ nhớ hoặc thời gian), nên không đọc nữa cho đến khi nó được sửa",
			"the program stopped when it last read this (too much memory or time), so it is not read until it changes")
	case errors.Is(err, attempt.ErrSlow):
		p.Words = words("đọc quá lâu nên đã bỏ dở", "reading it took too long and was given up")
	default:
		p.Words = words("chương trình gặp lỗi khi đọc nội dung này", "the program failed while it read this")
	}
	return p
}

// stoppedSite is the same for a whole feed.
func stoppedSite(err error) error {
	var p *Problem
	if !errors.As(err, &p) {
		return err
	}
	return &SiteError{Words: p.Words, Err: p.Err}
}
