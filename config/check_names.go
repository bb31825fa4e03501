package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bantin"
	"bantin/place"
)

// maxIDLength leaves room for an id in file names, in List-Id and in the local
// part of an address (RFC 5321 4.5.3.1.1: 64 octets in all).
const (
	maxIDLength = 48
	idPattern   = `^[a-z0-9-]+$`
)

func (k *checker) id(text *string, path string) {
	if !regexp.MustCompile(idPattern).MatchString(*text) || len(*text) > maxIDLength {
		k.wrong(path, "%q không dùng làm id được", "%q cannot be an id",
			both("id gồm chữ thường không dấu a-z, số 0-9 và dấu -, nhiều nhất %d ký tự", "an id consists of a-z, 0-9 and -, at most %d characters", maxIDLength))
	}
}

// names reports ids and former ids that two entries of a list claim.
func (k *checker) names() {
	sources, clusters, feeds, digests := newClaims(k, "sources"), newClaims(k, "clusters"), newClaims(k, "feeds"), newClaims(k, "digests")
	topics := newClaims(k, "topics")
	for _, s := range k.c.Sources {
		sources.add(s.ID, s.Aliases)
	}
	for _, c := range k.c.Clusters {
		clusters.add(c.ID, nil)
	}
	for _, t := range k.c.Topics {
		topics.add(t.ID, nil)
	}
	for _, f := range k.c.Feeds {
		feeds.add(f.ID, f.Aliases)
	}
	for _, d := range k.c.Digests {
		digests.add(d.ID, d.Aliases)
	}
	for _, c := range []*claims{sources, clusters, topics, feeds, digests} {
		c.report()
	}
}

// claims are the ids and aliases of the entries of one list.
type claims struct {
	k    *checker
	list string
	ids  []claim
	old  []claim
	size int
}

type claim struct{ name, path string }

func newClaims(k *checker, list string) *claims { return &claims{k: k, list: list} }

func (c *claims) add(id string, aliases []string) {
	path := fmt.Sprintf("%s[%d]", c.list, c.size)
	c.size++
	c.ids = append(c.ids, claim{id, path + ".id"})
	for i, alias := range aliases {
		c.old = append(c.old, claim{alias, fmt.Sprintf("%s.aliases[%d]", path, i)})
	}
}

// report takes the ids first: where an id and an alias collide, the alias is
// at fault.
func (c *claims) report() {
	first := map[string]string{}
	for _, claim := range append(slices.Clone(c.ids), c.old...) {
		if claim.name == "" {
			continue
		}
		if other, taken := first[claim.name]; taken {
			c.k.report.add(c.k.at(claim.path), both("id %q đã dùng rồi", "the id %q is already used", claim.name),
				both("đã có ở dòng %d", "it is defined in line %d", c.k.at(other).line))
			continue
		}
		first[claim.name] = claim.path
	}
}

// place converts the name of a place to its slug.
func (k *checker) place(text *string, path string) {
	slug, ok := place.Lookup(*text)
	if ok {
		*text = slug
		return
	}
	near := place.Nearest(*text, 3)
	hint := both("viết mã như phu-tho, hoặc tên như Phú Thọ", "write a slug such as phu-tho, or a name such as Phú Thọ")
	at := k.at(path)
	k.report.add(at, joined(both("không có tỉnh, thành phố %q", "unknown place %q", at.raw), asking(strings.Join(near, ", "))), hint)
}

// successors adds to a list of places the successors of abolished ones, with a
// warning.
func (k *checker) successors(list *[]string, path string) {
	for i, slug := range slices.Clone(*list) {
		successor, gone := place.Abolished(slug)
		if !gone {
			continue
		}
		k.report.warn(k.at(fmt.Sprintf("%s[%d]", path, i)), bantin.Words{
			VI: fmt.Sprintf("%s không còn nữa, nay thuộc %s", place.Name(slug, bantin.Vietnamese), place.Name(successor, bantin.Vietnamese)),
			EN: fmt.Sprintf("%s no longer exists and is now part of %s", place.Name(slug, bantin.English), place.Name(successor, bantin.English)),
		}, both("%s được tính cả", "%s is included too", successor))
		if !slices.Contains(*list, successor) {
			*list = append(*list, successor)
		}
	}
}

// successor replaces an abolished place by its successor, with a warning.
func (k *checker) successor(slug *string, path string) {
	successor, gone := place.Abolished(*slug)
	if !gone {
		return
	}
	k.report.warn(k.at(path), bantin.Words{
		VI: fmt.Sprintf("%s không còn nữa, nay thuộc %s", place.Name(*slug, bantin.Vietnamese), place.Name(successor, bantin.Vietnamese)),
		EN: fmt.Sprintf("%s no longer exists and is now part of %s", place.Name(*slug, bantin.English), place.Name(successor, bantin.English)),
	}, both("%s được dùng thay", "%s is used instead", successor))
	*slug = successor
}

func (k *checker) cluster(text *string, path string) {
	refer(k, *text, path, k.c.AllClusters(), func(c bantin.Cluster) string { return c.ID }, both("không có cụm %q", "unknown cluster %q", k.at(path).raw))
}

func (k *checker) topicID(text *string, path string) {
	refer(k, *text, path, k.c.Topics, func(t Topic) string { return t.ID }, both("không có chủ đề %q", "unknown topic %q", k.at(path).raw))
}

// sourceID replaces a former id by that of the source that continues it.
func (k *checker) sourceID(text *string, path string) {
	for _, s := range k.c.Sources {
		if slices.Contains(s.Aliases, *text) {
			*text = s.ID
		}
	}
	refer(k, *text, path, k.c.Sources, func(s Source) string { return s.ID }, both("không có nguồn %q", "unknown source %q", k.at(path).raw))
}

func refer[T any](k *checker, text, path string, list []T, id func(T) string, message bantin.Words) {
	var known []string
	for _, one := range list {
		if name := id(one); name != "" {
			known = append(known, name)
		}
	}
	if slices.Contains(known, text) {
		return
	}
	k.report.add(k.at(path), joined(message, didYouMean(text, known)), possible(sorted(known)))
}
