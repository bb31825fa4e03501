package place

import (
	"cmp"
	"slices"
	"strings"

	"bantin"
)

// topics are the topics of one configuration. Beside places, they say what a bulletin is
// about; they are named by sources (front matter, categories) or found by their words.
type topics struct {
	list  []bantin.Topic
	names map[string]string // folded id or title → id
	words *phrases
}

func newTopics(list []bantin.Topic) topics {
	t := topics{list: list, names: map[string]string{}, words: newPhrases(map[string]int32{})}
	for _, topic := range list {
		for _, name := range []string{topic.Title, topic.ID} { // an id outweighs the title of another
			t.names[topicKey(name)] = topic.ID
		}
		for _, word := range topic.Words {
			t.words.add(composed(word), true, ending{kind: endTopic, id: topic.ID})
		}
	}
	return t
}

// topicKey is the form in which names of topics are compared: the part of an address
// that names a category ("hoc-bong") is its title ("Học bổng").
func topicKey(name string) string { return strings.ReplaceAll(Fold(name), "-", " ") }

// Topics lists the topics in the order of the configuration.
func (a *Atlas) Topics() []bantin.Topic { return slices.Clone(a.topics.list) }

// Topic gives the topic of that id.
func (a *Atlas) Topic(id string) (bantin.Topic, bool) {
	i := slices.IndexFunc(a.topics.list, func(t bantin.Topic) bool { return t.ID == id })
	if i < 0 {
		return bantin.Topic{}, false
	}
	return a.topics.list[i], true
}

// TopicName is how people call the topic: its title, else its id.
func (a *Atlas) TopicName(id string) string {
	t, _ := a.Topic(id)
	return cmp.Or(t.Title, id)
}

// TopicNames lists topics as readers see them.
func (a *Atlas) TopicNames(ids []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, a.TopicName(id))
	}
	return strings.Join(names, ", ")
}

// TopicNamed finds the topic that has the name as its title or id, whatever its case and
// diacritics.
func (a *Atlas) TopicNamed(name string) (id string, ok bool) {
	id, ok = a.topics.names[topicKey(name)]
	return id, ok
}

// TopicsOf gives the topics of a bulletin in the order of the configuration: those that
// its source names. Where it names none that is known, those whose words stand in the
// text: as whole words in any case, with their own diacritics or none.
func (a *Atlas) TopicsOf(categories []string, text func() string) []string {
	if len(a.topics.list) == 0 {
		return nil
	}
	found := map[string]bool{}
	for _, name := range categories {
		if id, ok := a.TopicNamed(name); ok {
			found[id] = true
		}
	}
	if len(found) == 0 {
		a.findTopics(text(), found)
	}
	var ids []string
	for _, t := range a.topics.list {
		if found[t.ID] {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

func (a *Atlas) findTopics(text string, found map[string]bool) {
	words := a.topics.words
	text = composed(text)
	tokens := words.split(make([]token, 0, len(text)/5), text, func(string) int32 { return unknownWord })
	for i, t := range tokens {
		if t.word == unknownWord {
			continue
		}
		// Phrases of two topics may begin alike: each that fits is noted, and none ends the search.
		words.longest(tokens, i, func(end ending, words []token) bool {
			if isSpelledLike(text, words, end) {
				found[end.id] = true
			}
			return false
		})
	}
}
