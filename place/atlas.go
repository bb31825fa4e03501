package place

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"bantin"
)

// Atlas is the units together with the clusters and topics of one configuration. It finds
// them in texts and says where bulletins and contacts meet. It never changes
// and may be used from many goroutines.
type Atlas struct {
	clusters []bantin.Cluster
	byID     map[string]int
	members  map[string][]string // slug → ids of its clusters
	topics   topics

	places *phrases     // names of units, what only looks like one, whole names of clusters
	cores  *phrases     // what stands behind the word cụm
	roles  [][]roleWord // by number of the word

	scratch sync.Pool // of Find: *[]token
}

// role is what a word does for the finding of names beside being part of one.
type role uint8

const (
	roleGroup   role = iota // "cụm": the name of a cluster follows
	roleFiller              // may stand between "cụm" and the name
	roleSurname             // what follows is a person's name
	roleFamily              // the same, but also common in names of places
	rolePerson              // somebody is addressed: "ông", "đồng chí"
	roleStreet              // what is only named for a place: "đường", "cầu"
	roleParish              // a unit below provinces: "xã"
	roleMany                // "các xã", "hai huyện"
	roleFirm                // "công ty", "tập đoàn"
	roleOwn                 // the word for a province or city
	roleAt                  // "tại", "ở"
	roleSchool              // "trường", "THPT": a person's name may stand behind
	roleAnd                 // joins a list
	roleChina               // the country of another Hà Nam
	roleUnit                // behind a number: "cụm 8 tỉnh" counts and does not name
)

// roleWord is a word with a role, in one spelling.
type roleWord struct {
	role role
	ending
}

// roleWords has the words of each role, in the spelling of dictionaries.
func roleWords() map[role]string {
	return map[role]string{
		roleGroup:   "cụm khối cluster",
		roleFiller:  "công tác thi đua khuyến học tài hội hoạt động giao ban của các tỉnh thành phố vùng khu vực số of the provinces",
		roleSurname: "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Ngô Dương Trương Đinh Lương Trịnh Thị Văn",
		roleFamily: "Hồ Lý Mai Đào Đoàn Hà Tạ Tô Chu Cao Thái Kiều La Lâm Lưu Mạc Nghiêm Phùng Quách Tống Triệu Từ Vương Đàm Hứa Khổng " +
			"Lại Thạch Danh Kim Châu Cù Doãn Bạch Đậu Lò Lường Cầm Giàng Vàng Sùng Hầu Nông Ma Lục Vi Quàng Tòng Tăng Thân Thẩm Viên Bế Hữu Đức",
		rolePerson: "ông bà anh chị em cô chú bác thầy cụ cháu bạn chí sĩ viên tướng thủ",
		roleStreet: "đường phố ngõ hẻm lộ cầu chợ hồ sông núi đèo vịnh chùa đình đền trận dịch nghĩa sạn điện viên trường tốc tuyến hầm cảng Nobel tháp hát nền vì rạp cung cư non học giáo",
		roleParish: "xã phường trấn thôn ấp xóm bản làng huyện quận buôn khu",
		roleMany:   "các hai ba bốn năm sáu bảy tám chín mười những 2 3 4 5 6 7 8 9 10 11 12",
		roleFirm:   "ty đoàn TNHH CP MTV nghiệp",
		roleUnit:   "tỉnh thành đơn địa huyện xã phường trường province provinces",
		roleOwn:    "tỉnh phố TP province city đô",
		roleAt:     "tại ở vào về từ đến tới quê gốc",
		roleSchool: "trường THPT THCS PTTH chuyên đường phố huyện xã phường trấn",
		roleAnd:    "và cùng",
		roleChina:  "Trung China Henan",
	}
}

//go:embed notplaces.txt
var notPlaces string

// NewAtlas makes an atlas of the built-in clusters and those of the
// configuration, which replace a built-in one of the same id, and of its topics.
func NewAtlas(clusters []bantin.Cluster, topics ...bantin.Topic) *Atlas {
	a := &Atlas{byID: map[string]int{}, members: map[string][]string{}, topics: newTopics(topics)}
	for _, c := range append(BuiltInClusters(), clusters...) {
		if i, ok := a.byID[c.ID]; ok {
			a.clusters[i] = c
			continue
		}
		a.byID[c.ID] = len(a.clusters)
		a.clusters = append(a.clusters, c)
	}
	for _, c := range a.clusters {
		for _, slug := range family(c.Places) {
			a.members[slug] = append(a.members[slug], c.ID)
		}
	}
	a.index()
	return a
}

// Clusters lists the clusters, the built-in ones first.
func (a *Atlas) Clusters() []bantin.Cluster { return slices.Clone(a.clusters) }

// Cluster gives the cluster of that id.
func (a *Atlas) Cluster(id string) (bantin.Cluster, bool) {
	i, ok := a.byID[id]
	if !ok {
		return bantin.Cluster{}, false
	}
	return a.clusters[i], true
}

// ClustersOf lists the clusters that the unit belongs to, also by what it
// became and by what was merged into it.
func (a *Atlas) ClustersOf(slug string) []string { return slices.Clone(a.members[slug]) }

// index enters all names.
func (a *Atlas) index() {
	words := map[string]int32{}
	a.places, a.cores = newPhrases(words), newPhrases(words)
	for r, list := range roleWords() {
		for word := range strings.FieldsSeq(list) {
			a.addRole(r, word)
		}
	}
	for _, u := range gazetteer().units {
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			a.places.add(name, true, ending{kind: endPlace, id: u.Slug})
		}
	}
	for line := range strings.Lines(notPlaces) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			a.places.add(line, false, ending{kind: endNothing})
		}
	}
	for _, c := range a.clusters {
		for _, name := range c.Names {
			a.indexCluster(c.ID, composed(name))
		}
	}
}

func (a *Atlas) addRole(r role, word string) {
	n := int(a.places.number(Fold(word)))
	a.roles = append(a.roles, make([][]roleWord, max(0, n+1-len(a.roles)))...)
	like := ending{name: word, spelling: string(spelling(nil, word))}
	a.roles[n] = append(a.roles[n], roleWord{r, like})
}

// indexCluster enters a name of a cluster: "cụm số 1" and "cụm I" by what
// stands behind "cụm", and a number in both ways of writing it; a name that has
// "cụm" elsewhere as a whole; one without it for behind a "cụm".
func (a *Atlas) indexCluster(id, name string) {
	end := ending{kind: endCluster, id: id}
	words := strings.Fields(name)
	group := slices.IndexFunc(words, func(w string) bool { return a.is(w, roleGroup) })
	if group > 0 {
		a.places.add(name, true, end)
		return
	}
	if group == 0 {
		words = words[1:]
	}
	for len(words) > 1 && a.is(words[0], roleFiller) {
		words = words[1:]
	}
	core := strings.Join(words, " ")
	// Dashed, so that "Tây Bắc" is found where a text has "Tây - Bắc".
	a.cores.add(strings.Join(words, " - "), true, end)
	if other := otherNumeral(core); other != "" {
		a.cores.add(other, true, end)
	}
}

// is reports whether the word of a configured name has the role.
func (a *Atlas) is(word string, r role) bool {
	s := search{atlas: a, text: word, tokens: a.places.split(nil, word, func(string) int32 { return unknownWord })}
	return len(s.tokens) == 1 && s.has(0, r)
}

// otherNumeral writes 1 to 20 in Roman letters, and back; "" for all else.
func otherNumeral(s string) string {
	romans := strings.Fields("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX")
	arabics := strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20")
	if i := slices.Index(romans, s); i >= 0 {
		return arabics[i]
	}
	if i := slices.Index(arabics, strings.TrimLeft(s, "0")); i >= 0 {
		return romans[i]
	}
	return ""
}
