package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/store"
)

// sourcesPage shows how each source does.
type sourcesPage struct {
	page
	Sources []sourceRow
}

type sourceRow struct {
	ID, Kind, Where string
	Read, Next      string // "" where it never was
	Error, ErrorAt  string // of the last read; "" where it went well
	Problems        []problemGroup
}

// problemGroup are items with the same problem, and the next step.
type problemGroup struct {
	What  string
	Hint  []hintPiece
	Items []problemItem
	More  int64 // items that are not shown
}

type problemItem struct{ Name, Href string } // Href: the bulletin's page; "" for none

// hintPiece is a piece of the words that say what to do; commands stand in their letters.
type hintPiece struct {
	Text      string
	IsCommand bool
}

// hintPieces cuts a hint at its backquotes, and makes a sentence of it.
func hintPieces(hint string) (pieces []hintPiece) {
	hint = sentence(hint)
	if !strings.HasSuffix(hint, ".") {
		hint += "."
	}
	for i, text := range strings.Split(hint, "`") {
		pieces = append(pieces, hintPiece{text, i%2 == 1})
	}
	return pieces
}

// sentence begins with a capital.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// shownItems bounds what a page shows of one problem: a folder may hold thousands of
// pictures.
const shownItems = 100

// sourceJSON is a source as `sources --json` prints it.
type sourceJSON struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastError   string    `json:"last_error,omitempty"`
	NextTry     time.Time `json:"next_try,omitzero"`

	Problems []bantin.ProblemText `json:"problems,omitempty"`
}

func (o *office) sources(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &sourcesPage{page: o.newPage(r, v, "sources", "")}
	p.Title = p.Say("Nguồn", "Sources")
	states, err := o.Store.Sources().List(r.Context())
	if err != nil {
		return err
	}
	problems, err := o.Store.Sources().Problems(r.Context())
	if err != nil {
		return err
	}
	known := map[string]store.SourceState{}
	for _, s := range states {
		known[s.ID] = s
	}
	values := make([]any, 0, len(o.Sources))
	for _, s := range o.Sources {
		state := known[s.ID]
		p.Sources = append(p.Sources, sourceRow{
			ID: s.ID, Kind: p.sourceKind(s.Kind), Where: s.Where, Read: p.whenever(state.LastSuccess, o.Site.Location), Next: p.whenever(state.NextTry, o.Site.Location),
			Error: state.LastError, ErrorAt: p.When(state.ErrorAt, o.Site.Location),
			Problems: p.problems(problems, s.ID),
		})
		values = append(values, sourceJSON{s.ID, s.Kind, state.LastSuccess, state.LastError, state.NextTry, bantin.ProblemsOf(problems, s.ID, p.Language)})
	}
	return o.show(w, r, "sources", p, values...)
}

// Why a source is not read now.
var (
	ErrBeingRead = &refusal{http.StatusConflict, bantin.Words{VI: "Nguồn này đang được đọc; trang Nguồn cho biết khi nào đọc xong.", EN: "It is being read; the page of the sources says when that is done."}}
	ErrManyReads = &refusal{http.StatusConflict, bantin.Words{VI: "Hai nguồn khác đang được đọc theo yêu cầu. Hãy thử lại sau một phút.", EN: "Two other sources are being read on request. Try again in a minute."}}
)

// collectTimeout is how long a read may take that somebody waits for on the page.
const collectTimeout = time.Minute

// collect reads a source now. What a long read has not come to, the next one does.
func (o *office) collect(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if !slices.ContainsFunc(o.Sources, func(s Source) bool { return s.ID == id }) {
		return fmt.Errorf("source %q: %w", id, bantin.ErrNotFound)
	}
	takesLong(w)
	err := o.act(r, v, bantin.Action{What: bantin.ActionCollect, Object: id}, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, collectTimeout)
		defer cancel()
		err := o.Collect(ctx, id)
		if err == nil || ctx.Err() == nil {
			return err
		}
		return &refusal{http.StatusGatewayTimeout, bantin.Words{VI: "Nguồn này đọc lâu hơn một phút. Phần đã đọc được giữ; lần đọc theo lịch sẽ đọc tiếp.", EN: "It takes longer than a minute to read. What was read is kept, and the next read by schedule goes on."}}
	})
	refused := (*refusal)(nil)
	switch {
	case errors.As(err, &refused), errors.Is(err, bantin.ErrNotFound):
		return err
	case errors.Is(err, context.Canceled): // no browser ends it, but the daemon
		return &refusal{http.StatusServiceUnavailable, bantin.Words{VI: "Máy chủ đang dừng. Phần đã đọc được giữ; lần đọc theo lịch sẽ đọc tiếp.", EN: "The server is stopping. What was read is kept, and the next read by schedule goes on."}}
	case err != nil:
		o.Log.Info("source cannot be read", "source", id, "error", err)
		return &refusal{http.StatusBadGateway, bantin.Words{VI: "Không đọc được nguồn này; trang Nguồn cho biết vì sao.", EN: "The source cannot be read; the page of the sources says why."}}
	case wantsJSON(r):
		return o.sources(w, r, v)
	}
	return o.done(w, r, "/office/sources", bantin.ActionCollect)
}

// whenever is "" of a time that never was.
func (p *page) whenever(at time.Time, loc *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return p.When(at, loc)
}

// sourceKind names a kind of source.
func (p *page) sourceKind(kind string) string {
	switch kind {
	case "folder":
		return p.Say("Thư mục", "Folder")
	case "nukeviet":
		return p.Say("Trang NukeViet", "NukeViet site")
	case "feed":
		return p.Say("Nguồn RSS, Atom hay JSON", "RSS, Atom or JSON feed")
	case "mailbox":
		return p.Say("Hộp thư", "Mailbox")
	}
	return kind
}

// problems gives the problems of a source, as the page shows them.
func (p *page) problems(list []bantin.Problem, source string) (groups []problemGroup) {
	for _, g := range bantin.GroupProblems(list) {
		if g.Source != source {
			continue
		}
		row := problemGroup{What: sentence(g.Kind.Label(p.Language) + ": " + g.What.In(p.Language)), Hint: hintPieces(g.Hint.In(p.Language))}
		if g.Kind == bantin.ProblemHeld {
			row.Hint = hintPieces(p.Say("Mở từng tin để xem, duyệt hoặc rút.", "Open each to look at it, and publish or withdraw it."))
		}
		for i := range g.Items {
			if i == shownItems {
				row.More = int64(len(g.Items) - shownItems)
				break
			}
			item := problemItem{Name: g.Items[i].Item}
			if id := g.Items[i].Bulletin; id != "" {
				item.Href = "/office/bulletins/" + id
			}
			row.Items = append(row.Items, item)
		}
		groups = append(groups, row)
	}
	return groups
}

// unreadNeeds names the sources of which items were not read, or in part, in the last
// month. What was left over before that needs nobody today.
func (o *office) unreadNeeds(ctx context.Context, p *page) (list []need, err error) {
	problems, err := o.Store.Sources().Problems(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range o.Sources {
		counts, last := map[bantin.ProblemKind]int{}, ""
		for i := range problems {
			if of := &problems[i]; of.Source == s.ID && of.Kind != bantin.ProblemHeld && of.Since.After(o.Now().Add(-bantin.NewsWindow)) {
				counts[of.Kind]++
				last = of.Item + ": " + of.What.In(p.Language)
			}
		}
		unread, part := counts[bantin.ProblemUnread], counts[bantin.ProblemPart]
		if unread+part == 0 {
			continue
		}
		n := need{What: fmt.Sprintf(p.Say("Nguồn %s: %d mục chưa đọc, %d đọc thiếu", "Source %s: %d not read, %d read in part"), s.ID, unread, part),
			Href: "/office/sources#" + s.ID, Step: p.Say("Xem từng mục", "See each item")}
		if unread+part == 1 {
			n.Why = last
		}
		list = append(list, n)
	}
	return list, nil
}
