package bantin

import (
	"fmt"
	"slices"
	"time"
)

// Problem says of an item of a source what the office must know and can mend: that it
// was not read, that it was read in part, or that its bulletin is held.
type Problem struct {
	Source   string
	Item     string // what the source calls it: a path in a folder
	Kind     ProblemKind
	What     Note   // what is wrong
	Hint     Note   // the next step
	Bulletin string // id of the bulletin that is held or was read in part; "": there is none
	Since    time.Time
}

// ProblemKind says what is missing of an item.
type ProblemKind string

// The kinds of problems, the worst first.
const (
	ProblemUnread ProblemKind = "unread" // it gave no bulletin
	ProblemPart   ProblemKind = "part"   // its bulletin lacks something
	ProblemHeld   ProblemKind = "held"   // its bulletin waits for a person
)

// ProblemGroup are items of one source with the same problem.
type ProblemGroup struct {
	Source     string
	Kind       ProblemKind
	What, Hint Note
	Items      []Problem
}

// GroupProblems puts together what is wrong with several items in the same way, so that a
// folder of pictures is one thing to read about. The groups stand in the order of their
// first items. Where the next step names the bulletin, that of several says ID instead.
func GroupProblems(list []Problem) (groups []ProblemGroup) {
	for _, p := range list {
		i := slices.IndexFunc(groups, func(g ProblemGroup) bool {
			return g.Source == p.Source && g.Kind == p.Kind && g.What == p.What && (g.Hint == p.Hint || g.Kind == ProblemHeld)
		})
		if i < 0 {
			groups = append(groups, ProblemGroup{p.Source, p.Kind, p.What, p.Hint, []Problem{p}})
			continue
		}
		if groups[i].Items = append(groups[i].Items, p); p.Kind == ProblemHeld {
			groups[i].Hint = HeldHint("ID")
		}
	}
	return groups
}

// HeldHint says what to do about a bulletin that waits for a person.
func HeldHint(id string) Note {
	return NewNote(
		fmt.Sprintf("xem lại, rồi duyệt bằng `bantin bulletins release %s` hoặc rút bằng `bantin bulletins withdraw %s`", id, id),
		fmt.Sprintf("look at it, then publish it with `bantin bulletins release %s` or withdraw it with `bantin bulletins withdraw %s`", id, id))
}

// ProblemText is a problem in one language, as JSON has it.
type ProblemText struct {
	Item string `json:"item"`
	What string `json:"what"`
	Hint string `json:"hint"`
}

// ProblemsOf gives the problems of a source in words.
func ProblemsOf(list []Problem, source string, l Language) (texts []ProblemText) {
	for i := range list {
		if p := &list[i]; p.Source == source {
			texts = append(texts, ProblemText{p.Item, p.What.In(l), p.Hint.In(l)})
		}
	}
	return texts
}

// Label says in a word or two what kind of problem it is.
func (k ProblemKind) Label(l Language) string {
	switch k {
	case ProblemUnread:
		return l.Say("chưa đọc", "not read")
	case ProblemPart:
		return l.Say("đọc thiếu", "read in part")
	}
	return l.Say("chờ duyệt", "held")
}
