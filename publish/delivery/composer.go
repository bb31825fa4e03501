package delivery

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
)

// Composer makes the messages of digests.
type Composer struct {
	Site   *bantin.Site
	Atlas  *place.Atlas
	Sender mailer.Sender
	Render func(subject string, m mailer.DigestMail) (mailer.Rendered, error) // mailer.RenderDigest with its templates
}

// Segment is all in which the words of an edition's messages differ.
type Segment struct {
	Place    string
	Language bantin.Language
	Why      string // store.Recipient.ReasonFor
	Reads    string // store.Recipient.Reads
}

// Mail is the digest mail of an edition for a segment: her own place first,
// then her cluster, then the rest, each with the newest publication first, and
// no more than the edition's max.
func (p *Composer) Mail(e *bantin.Edition, zone *time.Location, bulletins []bantin.Bulletin, s Segment) mailer.DigestMail {
	if !s.Language.Known() {
		s.Language = p.Site.Language
	}
	bulletins = readable(p.Atlas, bulletins, store.Slugs(s.Reads))
	groups := p.group(bulletins, s)
	shown := limit(groups, e.Max)
	name := func(slug string) string { return place.Name(slug, s.Language) }
	m := mailer.DigestMail{
		Language: s.Language,
		Site:     p.Site,
		Digest:   mailer.DigestRef{ID: e.Digest, Title: e.Title},
		Edition:  mailer.EditionRef{ID: e.ID, Number: e.Number, Date: e.Due.In(zone), URL: p.Site.LinkIn(s.Language, "/editions/"+e.ID)},
		Count:    len(bulletins), More: len(bulletins) - shown,
		Sections:       mailer.BuildSections(s.Language, p.Site, name, groups...),
		UnsubscribeURL: p.Site.LinkIn(s.Language, "/unsubscribe/"+mailer.TokenPlaceholder),
		PreferencesURL: p.Site.LinkIn(s.Language, "/preferences/"+mailer.TokenPlaceholder),
	}
	if s.Place != "" {
		m.Place = name(s.Place)
	}
	m.Why = why(m.Language, s.Why, m.Place)
	return m
}

func why(l bantin.Language, reason, place string) string {
	switch {
	case reason == "signup":
		return l.Say("Bạn nhận thư này vì bạn đã đăng ký nhận bản tin.", "You get this mail because you subscribed to it.")
	case place != "":
		return l.Say("Bạn nhận thư này vì văn phòng Hội đã ghi tên bạn vào danh sách nhận tin của "+place+".",
			"You get this mail because the association's office put you on its list for "+place+".")
	}
	return l.Say("Bạn nhận thư này vì văn phòng Hội đã ghi tên bạn vào danh sách nhận tin.",
		"You get this mail because the association's office put you on its list.")
}

// group sorts bulletins by how near they are to a contact of the segment.
func (p *Composer) group(bulletins []bantin.Bulletin, s Segment) []mailer.Group {
	own := mailer.Group{Kind: mailer.SectionOwn, Place: place.Name(s.Place, s.Language)}
	if place.IsCity(s.Place) {
		own.Note = s.Language.Say("Thành phố của bạn", "Your city")
	}
	groups := []mailer.Group{
		own,
		{Kind: mailer.SectionCluster, Place: p.clusterOf(s.Place)},
		{Kind: mailer.SectionRest},
	}
	sorted := slices.Clone(bulletins)
	bantin.SortByPublication(sorted)
	for _, b := range sorted {
		g := &groups[p.Atlas.Rank(s.Place, &b)]
		g.Bulletins = append(g.Bulletins, b)
	}
	if s.Place == "" {
		return groups[2:] // there is no "rest" where nothing is nearer
	}
	return groups
}

func (p *Composer) clusterOf(slug string) string {
	for _, id := range p.Atlas.ClustersOf(slug) {
		if c, ok := p.Atlas.Cluster(id); ok {
			return c.Title
		}
	}
	return ""
}

// limit keeps the first most bulletins and tells how many are left.
func limit(groups []mailer.Group, most int) (shown int) {
	for i := range groups {
		g := &groups[i]
		if most > 0 && shown+len(g.Bulletins) > most {
			g.Bulletins = g.Bulletins[:most-shown]
		}
		shown += len(g.Bulletins)
	}
	return shown
}

// Compose renders and composes the message of a segment.
func (p *Composer) Compose(e *bantin.Edition, m mailer.DigestMail, date time.Time) (*mailer.ComposedMessage, mailer.Rendered, error) {
	rendered, err := p.Render(e.Subject, m)
	if err != nil {
		return nil, rendered, fmt.Errorf("render %s: %w", e.ID, err)
	}
	letter, err := mailer.Compose(mailer.Message{
		Sender: p.Sender, Rendered: rendered, Digest: e.Digest, DigestTitle: e.Title,
		ListDomain: mailer.ListDomain(p.Site), Date: date, UnsubscribeURL: m.UnsubscribeURL, UnsubscribeMailto: cmp.Or(p.Sender.ReplyTo, p.Sender.Address),
	})
	return letter, rendered, err
}

// letters composes each segment of one edition once and keeps the last used.
type letters struct {
	press   *Composer
	db      *store.DB
	edition *bantin.Edition
	zone    *time.Location
	now     func() time.Time

	mu        sync.Mutex
	bulletins []bantin.Bulletin
	made      map[Segment]composed
	version   int // of the bulletins: what was made of an earlier one says too much
}

// composed gives a segment's message: whoever asks first makes it, and only
// those of the same segment wait. It gives nil where the templates speak of the
// contact, so that each has a message of her own.
type composed func() (*mailer.ComposedMessage, error)

// segmentError says that the message of a segment, or of one contact in it,
// cannot be made. All who ask until it is tried again get the same one.
type segmentError struct {
	Segment
	err  error
	told sync.Once
}

func (e *segmentError) Error() string { return e.err.Error() }
func (e *segmentError) Unwrap() error { return e.err }

// mostLetters bounds the memory of an edition: some 60 KB each. Beyond that
// all are forgotten, which costs half a millisecond a segment.
const mostLetters = 256

// load reads the edition's bulletins again: some may have been withdrawn.
func (l *letters) load(ctx context.Context) error {
	bulletins, err := l.db.Editions().Bulletins(ctx, l.edition.Row)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made != nil && reflect.DeepEqual(bulletins, l.bulletins) {
		return nil // others changed, or came: a backfill brings some every moment
	}
	l.bulletins, l.made = bulletins, map[Segment]composed{}
	l.version++
	return nil
}

// current gives the version that letters are made of from now on.
func (l *letters) current() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.version
}

// letter gives the composed message for a recipient.
func (l *letters) letter(r *store.Recipient) (*mailer.ComposedMessage, error) {
	shared, err := l.segment(r)()
	if shared != nil || err != nil {
		return shared, err
	}
	l.mu.Lock()
	bulletins := l.bulletins
	l.mu.Unlock()
	own, _, err := l.compose(r, bulletins)
	return own, err
}

func (l *letters) segment(r *store.Recipient) composed {
	s := segmentOf(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if made, ok := l.made[s]; ok {
		return made
	}
	if len(l.made) >= mostLetters {
		clear(l.made)
	}
	bulletins := l.bulletins
	made := sync.OnceValues(func() (*mailer.ComposedMessage, error) {
		letter, personal, err := l.compose(r, bulletins)
		if personal {
			return nil, err
		}
		return letter, err
	})
	l.made[s] = made
	return made
}

func (l *letters) compose(r *store.Recipient, bulletins []bantin.Bulletin) (letter *mailer.ComposedMessage, personal bool, err error) {
	mail := l.press.Mail(l.edition, l.zone, bulletins, segmentOf(r)).For(mailer.Recipient{Name: r.Name, Email: r.Address})
	if mail.Count == 0 && len(bulletins) > 0 {
		return nil, false, errNothing
	}
	letter, rendered, err := l.press.Compose(l.edition, mail, l.now())
	if err != nil {
		err = &segmentError{Segment: segmentOf(r), err: err}
	}
	return letter, rendered.Personalized, err
}

func segmentOf(r *store.Recipient) Segment {
	return Segment{Place: r.Place, Language: r.Language, Why: r.Why, Reads: r.Reads}
}
