package place

import "strings"

// isForeign reports whether the Chinese Hà Nam is meant: its country is named
// beside it, or was beside another mention. In a list of units, and behind the name of
// an association of ours, it is the Vietnamese one all the same.
func (s *search) isForeign(m *mention) bool {
	if m.slug != "ha-nam" {
		return false
	}
	if s.isBesideChina(m) {
		return true
	}
	return s.isAbroad() && !s.isOurs(m)
}

// isBesideChina reports whether the country stands a few words before or behind a name.
func (s *search) isBesideChina(m *mention) bool {
	const near = 5 // words
	for j := m.behind; j < min(len(s.tokens), m.behind+near) && s.tokens[j].before != sepOther; j++ {
		if s.isChina(j) {
			return true
		}
	}
	for j := m.first - 1; j >= max(0, m.first-near) && s.tokens[j+1].before != sepOther; j-- {
		if s.isChina(j) {
			return true
		}
	}
	return false
}

// isAbroad reports whether the text names the Chinese Hà Nam anywhere.
func (s *search) isAbroad() bool {
	if s.abroad != nil {
		return *s.abroad
	}
	found, at := false, s.at
	defer func() { s.at = at }()
	for i := 0; i < len(s.tokens) && !found; i++ {
		if s.tokens[i].word == unknownWord {
			continue
		}
		s.at = i
		end, n := s.atlas.places.longest(s.tokens, i, s.accept)
		switch {
		case n == 0:
		case end.kind == endNothing:
			found = strings.HasPrefix(end.name, "Hà Nam") && strings.Contains(end.name, "Trung Quốc")
		case end.kind == endPlace && end.id == "ha-nam":
			found = s.isBesideChina(&mention{first: i, behind: i + n})
		}
	}
	s.abroad = &found
	return found
}

// isOurs reports whether a Hà Nam is the Vietnamese one although the text names both.
func (s *search) isOurs(m *mention) bool {
	if s.continuesList(m) && !s.last.rule.rejects() {
		return true
	}
	i := m.first - 1
	if i > 0 && s.isUnitWord(i) {
		i--
	}
	return i >= 0 && strings.EqualFold(s.textOf(i), "học") // Hội Khuyến học tỉnh Hà Nam
}

func (s *search) isChina(i int) bool {
	if !s.has(i, roleChina) || !s.beginsWithCapital(i) {
		return false
	}
	return s.textOf(i) != "Trung" || i+1 < len(s.tokens) && (s.textOf(i+1) == "Quốc" || s.textOf(i+1) == "Hoa")
}
