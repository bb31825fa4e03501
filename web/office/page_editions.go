package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"bantin"
)

// editionsPage is the list of editions.
type editionsPage struct {
	page
	Digests  []option // to filter by
	Editions []editionRow
	Older    string // "" at the end
}

// option is a choice of a select.
type option struct {
	Value, Text string
	IsChosen    bool
}

const editionsPerPage = 20

func (o *office) editions(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &editionsPage{page: o.newPage(r, v, "editions", "")}
	p.Title = p.Say("Các kỳ", "Editions")
	digest := r.URL.Query().Get("digest")
	before, err := rowParameter(r, "before")
	if err != nil {
		return err
	}
	list, err := o.Store.Editions().Page(r.Context(), digest, before, editionsPerPage+1)
	if err != nil {
		return err
	}
	if len(list) > editionsPerPage {
		list = list[:editionsPerPage]
		p.Older = "/office/editions?" + url.Values{"digest": {digest}, "before": {strconv.FormatInt(list[len(list)-1].Row, 10)}}.Encode()
	}
	o.explain(list, p.Language)
	values := make([]any, 0, len(list))
	for i := range list {
		p.Editions = append(p.Editions, o.editionRow(&p.page, &list[i]))
		values = append(values, &list[i])
	}
	for _, d := range o.Digests {
		p.Digests = append(p.Digests, option{d.ID, d.Title, d.ID == digest})
	}
	return o.show(w, r, "editions", p, values...)
}

// rowParameter reads a parameter that says where a list goes on.
func rowParameter(r *http.Request, name string) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("parameter %s=%q: %w", name, text, bantin.ErrNotFound)
	}
	return n, nil
}
