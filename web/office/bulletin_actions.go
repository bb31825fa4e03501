package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// decide makes the handler of an action on a bulletin.
func (o *office) decide(what bantin.ActionKind, do func(context.Context, *bantin.Bulletin, url.Values) (bantin.Bulletin, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		b, err := o.Store.Bulletins().Get(r.Context(), r.PathValue("id"))
		if err != nil {
			return o.mergedAway(w, r, err)
		}
		err = o.act(r, v, bantin.Action{What: what, Object: b.ID, Note: oneLine(r.PostForm.Get("reason"))}, func(ctx context.Context) error {
			b, err = do(ctx, &b, r.PostForm)
			return err
		})
		if err != nil {
			return err
		}
		return o.done(w, r, "/office/bulletins/"+url.PathEscape(b.ID), what, o.inSiteLanguage(&b))
	}
}

func (o *office) hold(ctx context.Context, b *bantin.Bulletin, form url.Values) (bantin.Bulletin, error) {
	reason := oneLine(form.Get("reason"))
	if reason == "" {
		reason = o.Site.Language.Say("văn phòng giữ lại", "the office holds it")
	}
	return o.Store.Bulletins().Hold(ctx, b.ID, reason)
}

func (o *office) release(ctx context.Context, b *bantin.Bulletin, _ url.Values) (bantin.Bulletin, error) {
	return o.Store.Bulletins().Release(ctx, b.ID, o.Atlas.Tags)
}

func (o *office) withdraw(ctx context.Context, b *bantin.Bulletin, form url.Values) (bantin.Bulletin, error) {
	return o.Store.Bulletins().WithdrawAnnounced(ctx, b.ID, announcement(form.Get("reason")))
}

func (o *office) renew(ctx context.Context, b *bantin.Bulletin, _ url.Values) (bantin.Bulletin, error) {
	return o.Renew(ctx, b.ID)
}

// merge has another bulletin of the same story lead to this one. other is its id, or the
// address of its page.
func (o *office) merge(ctx context.Context, b *bantin.Bulletin, form url.Values) (bantin.Bulletin, error) {
	other := strings.TrimSpace(form.Get("other"))
	other, _, _ = strings.Cut(other[strings.LastIndexByte(other, '/')+1:], "?")
	if other == "" || other == b.ID {
		return *b, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy ghi id hoặc địa chỉ trang của tin kia.", EN: "Give the id of the other bulletin, or the address of its page."}}
	}
	if _, err := o.Store.Bulletins().Get(ctx, other); errors.Is(err, bantin.ErrNotFound) || asMerged(err) != "" {
		return *b, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Không có tin %q.", other), EN: fmt.Sprintf("There is no bulletin %q.", other)}}
	}
	return o.Store.Bulletins().Merge(ctx, b.ID, other)
}

// correct puts the office's words over the source's. A field that is absent, or says what
// the bulletin says, stays; an empty one is as it was read.
func (o *office) correct(ctx context.Context, b *bantin.Bulletin, form url.Values) (bantin.Bulletin, error) {
	var c store.Correction
	var undo []store.Field
	if title, ok := given(form, "title", b.Title); ok {
		if title == "" {
			undo = append(undo, store.FieldTitle)
		} else {
			c.Title = &title
		}
	}
	if form.Has("places") {
		slugs, err := placeSlugs(form.Get("places"))
		switch {
		case err != nil:
			return *b, err
		case len(slugs) == 0 && len(b.Places) > 0:
			undo = append(undo, store.FieldPlaces)
		case strings.Join(slugs, " ") != strings.Join(b.Places, " "):
			c.Places = &slugs
		}
	}
	if text, ok := given(form, "topics", oneLine(o.Atlas.TopicNames(b.Topics))); ok {
		ids, err := o.topicIDs(b, text)
		switch {
		case err != nil:
			return *b, err
		case len(ids) == 0 && len(b.Topics) > 0:
			undo = append(undo, store.FieldTopics)
		case strings.Join(ids, " ") != strings.Join(b.Topics, " "):
			c.Topics = &ids
		}
	}
	if text, ok := given(form, "date", o.day(b)); ok {
		day, err := bantin.ParseDay(text)
		switch {
		case text == "":
			undo = append(undo, store.FieldDate)
		case err != nil:
			return *b, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Ngày %q: hãy viết như 2026-11-23.", text), EN: fmt.Sprintf("Date %q: write it as 2026-11-23.", text)}}
		default:
			published := day.In(o.Site.Location)
			c.Published = &published
		}
	}
	c.Announce = announcement(form.Get("announce"))
	if c.Announce == "" && c.Title == nil && c.Places == nil && c.Topics == nil && c.Published == nil && len(undo) == 0 {
		return *b, nil
	}
	return o.Store.Bulletins().Correct(ctx, b.ID, c, undo, o.Atlas.Tags)
}

// announcement is what an edition says at its head, within its limits.
func announcement(text string) string { return bantin.Shorten(oneLine(text), bantin.MaxAnnouncement) }

// given is a field of a form that says something else than it is now.
func given(form url.Values, name, now string) (text string, changes bool) {
	text = oneLine(form.Get(name))
	return text, form.Has(name) && text != now
}

// oneLine is text as bulletins hold it: NFC, one space between words.
func oneLine(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// placeSlugs reads names of places, separated by commas, each once.
func placeSlugs(list string) ([]string, error) {
	slugs, seen := []string{}, map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		slug, ok := place.Lookup(name)
		if !ok {
			return nil, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Không có tỉnh, thành phố %q.", name), EN: fmt.Sprintf("There is no place %q.", name)}}
		}
		if !seen[slug] {
			slugs, seen[slug] = append(slugs, slug), true
		}
	}
	return slugs, nil
}

// topicIDs reads titles or ids of topics, separated by commas, each once. An id that the
// bulletin has may have left the configuration.
func (o *office) topicIDs(b *bantin.Bulletin, list string) ([]string, error) {
	ids, parts := []string{}, strings.Split(list, ",")
	for len(parts) > 0 {
		name := strings.TrimSpace(parts[0])
		if name == "" {
			parts = parts[1:]
			continue
		}
		id, n := o.firstTopic(b, parts)
		if n == 0 {
			return nil, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Không có chủ đề %q.", name), EN: fmt.Sprintf("There is no topic %q.", name)}}
		}
		if parts = parts[n:]; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// maxTitleParts is how many parts commas may make of the title of a topic.
const maxTitleParts = 8

// firstTopic finds the topic that the first n parts of a list name, as many as make one: a
// title may have commas. n is 0 where they name none.
func (o *office) firstTopic(b *bantin.Bulletin, parts []string) (id string, n int) {
	for n = min(len(parts), maxTitleParts); n > 0; n-- {
		name := strings.TrimSpace(strings.Join(parts[:n], ","))
		if id, ok := o.Atlas.TopicNamed(name); ok {
			return id, n
		}
		if slices.Contains(b.Topics, name) {
			return name, n
		}
	}
	return "", 0
}

// asMerged gives the id that a bulletin lives on under; "" where the error is another.
func asMerged(err error) string {
	if merged := (*store.MergedError)(nil); errors.As(err, &merged) {
		return merged.Into
	}
	return ""
}
