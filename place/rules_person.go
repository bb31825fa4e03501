package place

import "strings"

// isPerson reports whether the name is somebody's: a surname or a form of address
// stands before it, and all together is as short as names are.
func (s *search) isPerson(m *mention) bool {
	const longest = 4
	length := m.behind - m.first
	for k := 1; k <= longest-length+1; k++ {
		j := m.first - k
		if j < 0 || !s.followsDirectly(j+1) || s.last.behind > j {
			return false
		}
		if s.has(j, rolePerson) && !s.has(j, roleSurname) {
			return s.isFormOfAddress(j, k)
		}
		if k == 1 && s.isTeacher(j) {
			return true
		}
		if !s.beginsWithCapital(j) || k+length > longest+1 {
			return false
		}
		if k+length <= longest && (s.has(j, roleSurname) || s.has(j, roleFamily) && s.isSurname(j, k)) {
			return !s.isInstitution(j, k)
		}
	}
	return false
}

// isTeacher reports whether the word ends "cô giáo" or "thầy giáo", said of one: "các
// thầy giáo Hà Nam" are those of the province.
func (s *search) isTeacher(j int) bool {
	if !strings.EqualFold(s.textOf(j), "giáo") || j == 0 || !s.followsDirectly(j) {
		return false
	}
	if who := strings.ToLower(s.textOf(j - 1)); who != "cô" && who != "thầy" {
		return false
	}
	if j < 2 || !s.followsDirectly(j-1) {
		return true
	}
	return !s.has(j-2, roleMany) && !strings.EqualFold(s.textOf(j-2), "ngũ") && !strings.EqualFold(s.textOf(j-2), "nhiều")
}

// isFormOfAddress reports whether the form of address is one: "đồng chí Hòa Bình",
// "sinh viên Huế" is none, and "cô giáo" needs its own word.
func (s *search) isFormOfAddress(j, k int) bool {
	before := ""
	if j > 0 {
		before = strings.ToLower(s.textOf(j - 1))
	}
	switch strings.ToLower(s.textOf(j)) {
	case "bạn": // "tỉnh bạn Trà Vinh" is another province
		return !strings.Contains(" tỉnh phố hội vị phương đoàn đội nước ngành trường ", " "+before+" ") || before == ""
	case "chí":
		return before == "đồng"
	case "sĩ":
		return before == "ca" || before == "nghệ" || before == "nhạc" || before == "họa" || before == "bác"
	case "viên":
		return before == "diễn"
	case "thủ":
		return false
	case "tướng":
		return before != "thủ" || k == 1
	case "em":
		return before != "trẻ" && before != "anh" && before != "chị"
	case "anh":
		return s.textOf(j) != "Anh" || k == 1 && before == ""
	}
	return true
}

// isSurname reports whether a word that is a surname among other things is one
// here. "Đoàn Bạc Liêu" is a delegation.
func (s *search) isSurname(j, k int) bool {
	return s.isAddressed(j) || k == 1 && s.textOf(j) != "Đoàn"
}

// isAddressed reports whether a form of address stands before the surname.
func (s *search) isAddressed(j int) bool {
	return j > 0 && s.followsDirectly(j) && s.has(j-1, rolePerson)
}

// isInstitution reports whether what begins with the surname at j is a school, a street
// or a district, so that a name k words behind it may be where that lies.
func (s *search) isInstitution(j, k int) bool {
	return k > 1 && j > 0 && s.followsDirectly(j) && s.has(j-1, roleSchool)
}
