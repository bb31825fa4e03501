package bounce

import "strings"

// alternative finds a reason that may pass, in the same clause as one that does not,
// with an "or" between them.
func alternative(text string) match {
	text = text[:min(len(text), maxChoiceBytes)]
	for _, or := range []string{" or ", "/or ", " hoac ", " oder ", " ou ", " o ", " oppure ", "または", "或", " или ", " " + fold("또는") + " "} {
		for rest := text; ; {
			before, after, found := strings.Cut(rest, or)
			if !found {
				break
			}
			rest = after
			left, right := lastClause(before[max(0, len(before)-maxGap):]), firstClause(after)
			if m := matchWording(right, mayPass); m.reason != "" && isAboutAddress(left) && !isAboutAddress(after) {
				return m
			}
			if m := matchWording(left, mayPass); m.reason != "" && (isAboutAddress(right) || strings.HasPrefix(right, "unknown")) && !isAboutAddress(left) {
				return m
			}
		}
	}
	return match{}
}

// maxChoiceBytes is how much of a text is searched for choices of reasons.
const maxChoiceBytes = 4000

// clauseEnd ends what an "or" joins.
const clauseEnd = ".,;:!?()<>"

func lastClause(text string) string {
	return text[strings.LastIndexAny(text, clauseEnd)+1:]
}

func firstClause(text string) string {
	text = text[:min(len(text), maxGap/2)]
	if end := strings.IndexAny(text, clauseEnd); end >= 0 {
		return text[:end]
	}
	return text
}

func isAboutAddress(folded string) bool {
	return matchWording(folded, func(w *wording) bool { return strong(w) && w.reason.AboutAddress() }).reason != ""
}

// mayPass accepts wordings of other reasons, except for "error" and the like.
func mayPass(w *wording) bool {
	return !w.reason.AboutAddress() && w.reason != Challenge && !w.noun && !(w.weak && w.reason == System)
}
