package bantin

import (
	"slices"
	"strings"
	"time"
)

// Contact is a person who may get digests.
type Contact struct {
	Email         string                `json:"email"` // as written; see AddressKey
	Name          string                `json:"name,omitempty"`
	Place         string                `json:"place,omitempty"`  // slug
	Reads         []string              `json:"reads,omitempty"`  // slugs they chose to read of; none: all
	Topics        []string              `json:"topics,omitempty"` // ids of topics they chose to read of; none: all
	Level         Level                 `json:"level,omitempty"`
	Language      Language              `json:"language,omitempty"`
	Tags          []string              `json:"tags,omitempty"`
	Origin        Origin                `json:"origin,omitempty"`
	PausedUntil   Day                   `json:"paused_until,omitzero"`
	Subscriptions []ContactSubscription `json:"subscriptions,omitempty"`
	Suppressed    string                `json:"suppressed,omitempty"` // why nothing may be mailed

	LeftAll bool `json:"-"` // they left every digest, those of later days too; a subscription to one goes before it

	ID  int64  `json:"-"` // row in the store
	Key string `json:"-"` // random, in their links; never an id, so that a restored backup cannot speak of somebody else
}

// ContactSubscription is what a contact said about one digest.
type ContactSubscription struct {
	Digest string             `json:"digest"`
	Status SubscriptionStatus `json:"status"`
	Since  time.Time          `json:"since,omitzero"`
}

// SubscriptionStatus is what a contact said; there is none where they said nothing.
type SubscriptionStatus string

// What a contact can have said about a digest.
const (
	SubscriptionPending      SubscriptionStatus = "pending"
	SubscriptionActive       SubscriptionStatus = "active"
	SubscriptionUnsubscribed SubscriptionStatus = "unsubscribed"
)

// Words says the status to people.
func (s SubscriptionStatus) Words() Words {
	return map[SubscriptionStatus]Words{
		SubscriptionPending:      {VI: "chờ xác nhận", EN: "waits for confirmation"},
		SubscriptionActive:       {VI: "đã đăng ký", EN: "subscribed"},
		SubscriptionUnsubscribed: {VI: "đã ngừng nhận", EN: "unsubscribed"},
	}[s]
}

// Origin says how a contact came to be known.
type Origin string

// The origins of a contact.
const (
	OriginImport Origin = "import" // a list of the office
	OriginOffice Origin = "office" // added by hand
	OriginSignUp Origin = "signup" // by themselves
	OriginEnded  Origin = "ended"  // by a list of the office that is complete without them now
)

// Words says the origin to people.
func (o Origin) Words() Words {
	return map[Origin]Words{
		OriginImport: {VI: "danh sách của văn phòng", EN: "contact list of the office"},
		OriginOffice: {VI: "văn phòng ghi tay", EN: "added by the office"},
		OriginSignUp: {VI: "tự đăng ký", EN: "signed up"},
		OriginEnded:  {VI: "không còn trong danh sách của văn phòng", EN: "no longer on the list of the office"},
	}[o]
}

// Level is the level of the association a contact works at.
type Level string

// The levels, from the top.
const (
	LevelCentral  Level = "central"
	LevelProvince Level = "province"
	LevelDistrict Level = "district"
	LevelCommune  Level = "commune"
	LevelMember   Level = "member"
)

// Words names the level for people; empty for one that is not known.
func (l Level) Words() Words {
	return map[Level]Words{
		LevelCentral:  {VI: "trung ương", EN: "central"},
		LevelProvince: {VI: "tỉnh", EN: "province"},
		LevelDistrict: {VI: "huyện", EN: "district"},
		LevelCommune:  {VI: "xã", EN: "commune"},
		LevelMember:   {VI: "hội viên", EN: "member"},
	}[l]
}

// Levels lists all levels from the top.
func Levels() []Level {
	return []Level{LevelCentral, LevelProvince, LevelDistrict, LevelCommune, LevelMember}
}

// LevelNamed finds a level by its slug, or by its name in Vietnamese without accents and
// in small letters, as lists and the YAML have them.
func LevelNamed(folded string) (Level, bool) {
	switch folded {
	case "trung uong", "tw":
		return LevelCentral, true
	case "tinh", "thanh pho", "tinh thanh pho":
		return LevelProvince, true
	case "huyen", "quan", "thi xa":
		return LevelDistrict, true
	case "xa", "phuong", "thi tran", "dac khu":
		return LevelCommune, true
	case "hoi vien":
		return LevelMember, true
	}
	level := Level(folded)
	return level, slices.Contains(Levels(), level)
}

// AddressKey is the form in which addresses are compared: lower case. Mail
// goes to the address as it was written (RFC 5321 2.4: the local part is the
// receiver's own business).
func AddressKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
