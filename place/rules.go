package place

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Evidence says where a text names what was found, and why that counts.
type Evidence struct {
	Slug   string // of the unit, or the id of the cluster
	Offset int    // bytes of the text in NFC before the mention
	Text   string // as it is written there
	Rule   Rule
}

// Rule says why a name counts, or why it does not.
type Rule string

// Why a name counts.
const (
	RuleName      Rule = "name"      // it is written as a name
	RuleUnit      Rule = "unit"      // the word for a province or city stands before it
	RuleList      Rule = "list"      // it stands in a list of units
	RuleSuccessor Rule = "successor" // what it names became this unit
	RuleCluster   Rule = "cluster"   // behind the word for a cluster
)

// Why a name does not count.
const (
	rulePerson  Rule = "-person"  // Trương Hòa Bình, chị Huế
	ruleStreet  Rule = "-street"  // phố Huế, sông Đồng Nai, chiến dịch Hòa Bình
	ruleParish  Rule = "-parish"  // xã Long An
	ruleFirm    Rule = "-firm"    // Tập đoàn Hòa Bình
	ruleForeign Rule = "-foreign" // Hà Nam (Trung Quốc)
	ruleNoun    Rule = "-noun"    // VÌ HÒA BÌNH
	ruleMan     Rule = "-man"     // Hồ Chí Minh without the word for a city
)

func (r Rule) rejects() bool { return r[0] == '-' }

// mention is a name in a text.
type mention struct {
	first, behind int // words
	slug          string
	bare          bool // the city's name is also a man's
	rule          Rule
}

// judge says by which rule the name counts or does not. The word before it
// decides first, because "tỉnh" settles what everything else only suggests.
func (s *search) judge(m *mention) Rule {
	i := m.first
	switch {
	case s.isForeign(m):
		return ruleForeign
	case i == 0 || s.tokens[i].before == sepOther:
		return s.judgeAlone(m, RuleName)
	case s.followsDirectly(i) && s.isUnitWord(i-1):
		return RuleUnit
	case s.continuesList(m):
		return s.judgeInList(m)
	case s.isJoined(i):
		return s.judgeAlone(m, RuleName)
	case s.isCommuneWord(i - 1):
		return s.judgeCommune(m)
	case s.isPerson(m):
		return rulePerson
	case s.isStreet(m):
		return ruleStreet
	case s.isFirm(i - 1):
		return ruleFirm
	}
	return s.judgeAlone(m, RuleName)
}

// followsDirectly reports whether only a blank stands before the word, so that it may
// belong to the word before.
func (s *search) followsDirectly(i int) bool {
	return i > 0 && s.tokens[i].before&(sepBlank|sepPoint) != 0
}

// isJoined reports whether the word is one of a list: a comma, a dash or "và"
// stands before it.
func (s *search) isJoined(i int) bool {
	return i > 0 && (s.tokens[i].before&(sepComma|sepDash|sepHyphen) != 0 || s.followsDirectly(i) && s.has(i-1, roleAnd))
}

// continuesList reports whether the name goes on a list: the name before ended there.
func (s *search) continuesList(m *mention) bool {
	gap := m.first - s.last.behind
	if s.last.behind == 0 || !s.isJoined(m.first) && gap != 0 {
		return false
	}
	return gap == 0 || gap == 1 && s.has(m.first-1, roleAnd)
}

// judgeInList judges a name by the one before it in the list. What follows a commune
// with a comma is mostly the province in which that lies, unless the list began
// with "các xã".
func (s *search) judgeInList(m *mention) Rule {
	if !s.last.rule.rejects() {
		return RuleList
	}
	comma := s.tokens[m.first].before&sepComma != 0
	if s.last.rule == ruleStreet && s.tokens[m.first].before&(sepDash|sepHyphen) != 0 {
		return ruleStreet // "cao tốc Hà Nội – Hải Phòng"
	}
	if s.last.rule == ruleParish && (!comma || s.isAmongCommunes(m.first)) {
		return ruleParish
	}
	return s.judgeAlone(m, RuleName)
}

// judgeAlone judges a name by itself.
func (s *search) judgeAlone(m *mention, rule Rule) Rule {
	switch {
	case m.bare && !s.isCityMeant(m):
		return ruleMan
	case s.isInCapitals(m):
		return ruleNoun
	case s.isJoined(m.first) && s.isAmongCommunes(m.first):
		return ruleParish
	}
	return rule
}

// isUnitWord reports whether the word is that for a province or city: "tỉnh", "thành
// phố", and not "đường phố".
func (s *search) isUnitWord(i int) bool {
	if !s.has(i, roleOwn) {
		return false
	}
	switch strings.ToLower(s.textOf(i)) {
	case "phố":
		return i > 0 && strings.EqualFold(s.textOf(i-1), "thành")
	case "đô":
		return i > 0 && strings.EqualFold(s.textOf(i-1), "thủ")
	}
	return true
}

// isDeclared reports whether the word for a province stands before the name that
// is looked at, so that small letters are only carelessness.
func (s *search) isDeclared() bool { return s.followsDirectly(s.at) && s.isUnitWord(s.at-1) }

// allowsLowerCase reports whether a capital at its beginning is enough for the name of a
// unit: "Hà nội". Most others then say something: "Nam định đi", "ông Thái nguyên
// là Chủ tịch".
func allowsLowerCase(slug string) bool {
	switch slug {
	case "ha-noi", "ho-chi-minh", "da-nang", "hai-phong", "lang-son", "lao-cai", "tuyen-quang", "bac-giang", "quang-ninh", "quang-ngai",
		"dak-lak", "ninh-thuan", "binh-thuan", "binh-phuoc", "soc-trang", "bac-lieu", "tra-vinh", "kien-giang":
		return true
	}
	return false
}

// isCommuneWord reports whether the word is that for a unit below a province.
func (s *search) isCommuneWord(i int) bool {
	return s.has(i, roleParish) && !(strings.EqualFold(s.textOf(i), "xã") && i > 0 && strings.EqualFold(s.textOf(i-1), "thị"))
}

// judgeCommune judges a name behind "xã" or "huyện". Điện Biên alone has a
// district of its own name.
func (s *search) judgeCommune(m *mention) Rule {
	if m.slug == "dien-bien" && strings.EqualFold(s.textOf(m.first-1), "huyện") {
		return RuleName
	}
	return ruleParish
}

// isAmongCommunes reports whether the word is in a list that begins with "các xã": before
// it stand names, commas and "và" alone.
func (s *search) isAmongCommunes(i int) bool {
	const longest = 24
	for j := i - 1; j > max(0, i-longest); j-- {
		if s.has(j, roleParish) && s.followsDirectly(j+1) {
			return s.followsDirectly(j) && s.has(j-1, roleMany)
		}
		if !s.beginsWithCapital(j) && !s.has(j, roleAnd) || s.tokens[j].before == sepOther {
			return false
		}
	}
	return false
}

// isStreet reports whether the name only names something else: the word for it
// stands before the name.
func (s *search) isStreet(m *mention) bool {
	j := m.first - 1
	if !s.has(j, roleStreet) {
		return false
	}
	before := ""
	if j > 0 && s.followsDirectly(j) {
		before = strings.ToLower(s.textOf(j - 1))
	}
	switch word := strings.ToLower(s.textOf(j)); word {
	case "phố":
		return before != "đường" && before != "thành"
	case "lộ":
		return before == "quốc" || before == "đại" || before == "tỉnh"
	case "dịch":
		return before == "chiến"
	case "nghĩa":
		return before == "khởi"
	case "sạn":
		return before == "khách"
	case "điện":
		return before == "thủy" || before == "thuỷ" || before == "nhiệt"
	case "viên":
		return before == "công"
	case "trường":
		return before == "quảng"
	case "tốc":
		return before == "cao"
	case "hát":
		return before == "nhà"
	case "học":
		return before == "tiểu"
	case "non":
		return before == "mầm"
	case "giáo":
		return before == "mẫu"
	case "tuyến":
		return before != "trực"
	case "cư":
		return before == "chung"
	case "đường":
		return before != "con" && before != "lên"
	case "cầu":
		return before != "yêu" && before != "toàn" && before != "nhu" && before != "bóng"
	case "nền", "vì", "nobel":
		return m.slug == "hoa-binh" || m.slug == "thai-binh"
	}
	return true
}

// isFirm reports whether the word at i is the end of "công ty", "tập đoàn" and
// what belongs to these. One that tells what it does in between is of the
// province: "Công ty Điện lực Phú Thọ".
func (s *search) isFirm(i int) bool {
	for ; i > 0 && s.followsDirectly(i); i-- {
		switch strings.ToLower(s.textOf(i)) {
		case "tnhh", "cp", "mtv", "phần", "cổ", "tm", "xd", "xây", "dựng":
			continue
		case "ty":
			return strings.EqualFold(s.textOf(i-1), "công")
		case "đoàn":
			return strings.EqualFold(s.textOf(i-1), "tập")
		}
		return false
	}
	return false
}

// isCityMeant reports whether the name of a man is that of the city: a word for a
// place stands before it, or other units beside it.
func (s *search) isCityMeant(m *mention) bool {
	i := m.first
	if s.followsDirectly(i) && (s.isUnitWord(i-1) || s.has(i-1, roleAt)) {
		return true
	}
	if s.continuesList(m) && !s.last.rule.rejects() {
		return true
	}
	if j := m.behind; j < len(s.tokens) && s.tokens[j].before&(sepComma|sepDash|sepHyphen) != 0 {
		end, n := s.atlas.places.longest(s.tokens, j, s.accept)
		return n > 0 && end.kind == endPlace
	}
	return false
}

// isInCapitals reports whether a name that is also a common word stands in a line of
// capitals, where nothing tells them apart but the word before.
func (s *search) isInCapitals(m *mention) bool {
	switch m.slug {
	case "hoa-binh", "hai-duong", "binh-dinh", "thai-binh":
	default:
		return false
	}
	if !s.isAllCapitals(m.first) || m.first == 0 || !s.isAllCapitals(m.first-1) {
		return false
	}
	switch strings.ToLower(s.textOf(m.first - 1)) {
	case "học", "ủy", "ubnd", "hđnd", "tại", "ở", "hội", "đài", "báo":
		return false
	}
	return s.followsDirectly(m.first) && !s.has(m.first-1, roleAnd) || s.has(m.first-1, roleAnd) && s.last.behind != m.first-1
}

// isAllCapitals reports whether all letters of the word are large.
func (s *search) isAllCapitals(i int) bool {
	word := s.textOf(i)
	return utf8.RuneCountInString(word) > 1 && strings.ToUpper(word) == word
}

// beginsWithCapital reports whether the word begins with a capital.
func (s *search) beginsWithCapital(i int) bool {
	r, _ := utf8.DecodeRuneInString(s.text[s.tokens[i].start:])
	return unicode.IsUpper(r)
}

// textOf is the word as the text has it.
func (s *search) textOf(i int) string { return s.text[s.tokens[i].start:s.tokens[i].end] }
