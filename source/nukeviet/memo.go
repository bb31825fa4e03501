package nukeviet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// memo is what is remembered of a story, in the Version of its item.
type memo struct {
	read      time.Time // last
	checks    int       // how often it was read
	mark      string    // what the list said of it
	published time.Time // to the minute, as a list said it
	digest    string    // of what it said itself
	key       string    // the address that the bulletin is known by; a new title does not change it
	address   string    // of its page now
	lost      time.Time // firstOf found missing
	unseen    bool      // no list shows it, though it is there
	tries     int       // how often it could not be read
	at        time.Time // the last of these
}

// String writes the memo as name=value pairs; addresses have no blanks.
func (m memo) String() string {
	var b strings.Builder
	pair := func(name, value string) {
		if value != "" && value != "0" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	pair("read", unix(m.read))
	pair("checks", strconv.Itoa(m.checks))
	pair("mark", m.mark)
	pair("published", unix(m.published))
	pair("digest", m.digest)
	pair("key", m.key)
	if m.address != m.key {
		pair("address", m.address)
	}
	pair("lost", unix(m.lost))
	pair("tries", strconv.Itoa(m.tries))
	pair("at", unix(m.at))
	if m.unseen {
		pair("unseen", "1")
	}
	return strings.TrimPrefix(b.String(), " ")
}

func unix(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// readMemo reads what String wrote; of anything else it is empty.
func readMemo(version string) memo {
	var m memo
	for pair := range strings.FieldsSeq(version) {
		name, value, _ := strings.Cut(pair, "=")
		n, _ := strconv.ParseInt(value, 10, 64)
		switch name {
		case "read":
			m.read = time.Unix(n, 0)
		case "checks":
			m.checks = int(n)
		case "mark":
			m.mark = value
		case "published":
			m.published = time.Unix(n, 0)
		case "digest":
			m.digest = value
		case "key":
			m.key = value
		case "address":
			m.address = value
		case "lost":
			m.lost = time.Unix(n, 0)
		case "tries":
			m.tries = int(n)
		case "at":
			m.at = time.Unix(n, 0)
		case "unseen":
			m.unseen = true
		}
	}
	if m.address == "" {
		m.address = m.key
	}
	return m
}

// checkAfter says how long after each reading a story is read again: bodies
// change without the list saying so, mostly soon.
func checkAfter() []time.Duration {
	const hour, day = time.Hour, 24 * time.Hour
	return []time.Duration{0, hour, 6 * hour, day, 3 * day, 7 * day, 14 * day}
}

// tryAfter is how long after each failure a story is tried again.
func tryAfter() []time.Duration {
	return []time.Duration{0, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
}

// due reports whether the story wants to be read at now without any sign.
func (m memo) due(now time.Time) bool {
	switch {
	case !m.lost.IsZero():
		return now.Sub(m.lost) >= lostFor
	case m.tries > 0:
		after := tryAfter()
		return m.tries < len(after) && now.Sub(m.at) >= after[m.tries]
	case m.read.IsZero():
		return false
	}
	after := checkAfter()
	return m.checks < len(after) && now.Sub(m.read) >= after[m.checks]
}

// lostFor is how long a story must be missing to have vanished.
const lostFor = 24 * time.Hour
