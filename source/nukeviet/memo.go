package nukeviet

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// memo is what is stored of a story between visits, in the Version of its item.
type memo struct {
	read         time.Time // the last time
	checks       int       // how often it was read
	mark         string    // what the list said of it
	published    time.Time // to the minute, as a list said it
	digest       string    // of what it said itself
	key          string    // the address that the bulletin is known by; a new title does not change it
	address      string    // of its page now
	missingSince time.Time // when it was first found missing
	unlisted     bool      // no list shows it although it exists
	failures     int       // how often it could not be read
	failedAt     time.Time // the last time
}

// String writes the memo as name=value pairs; addresses have no blanks.
func (m memo) String() string {
	var b strings.Builder
	pair := func(name, value string) {
		if value != "" && value != "0" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	pair("read", unixString(m.read))
	pair("checks", strconv.Itoa(m.checks))
	pair("mark", m.mark)
	pair("published", unixString(m.published))
	pair("digest", m.digest)
	pair("key", m.key)
	if m.address != m.key {
		pair("address", m.address)
	}
	pair("lost", unixString(m.missingSince))
	pair("tries", strconv.Itoa(m.failures))
	pair("at", unixString(m.failedAt))
	if m.unlisted {
		pair("unseen", "1")
	}
	return strings.TrimPrefix(b.String(), " ")
}

func unixString(t time.Time) string {
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
			m.missingSince = time.Unix(n, 0)
		case "tries":
			m.failures = int(n)
		case "at":
			m.failedAt = time.Unix(n, 0)
		case "unseen":
			m.unlisted = true
		}
	}
	m.address = cmp.Or(m.address, m.key)
	return m
}

// recheckDelays says how long after each reading a story is read again. Bodies
// change without a change in the list, mostly soon after publication.
func recheckDelays() []time.Duration {
	const hour, day = time.Hour, 24 * time.Hour
	return []time.Duration{0, hour, 6 * hour, day, 3 * day, 7 * day, 14 * day}
}

// retryDelays is how long after each failure a story is tried again.
func retryDelays() []time.Duration {
	return []time.Duration{0, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
}

// isDue reports whether the story is to be read again at now although nothing says
// that it changed.
func (m memo) isDue(now time.Time) bool {
	switch {
	case !m.missingSince.IsZero():
		return now.Sub(m.missingSince) >= vanishAfter
	case m.failures > 0:
		after := retryDelays()
		return m.failures < len(after) && now.Sub(m.failedAt) >= after[m.failures]
	case m.read.IsZero():
		return false
	}
	after := recheckDelays()
	return m.checks < len(after) && now.Sub(m.read) >= after[m.checks]
}

// vanishAfter is how long a story must be missing to count as vanished.
const vanishAfter = 24 * time.Hour
