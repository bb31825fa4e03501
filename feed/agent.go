package feed

import (
	"regexp"
	"strconv"
	"strings"
)

// agent is what a User-Agent says.
type agent struct {
	program     string // that fetches for several; "": a direct reader
	subscribers int64  // for whom it fetches
	isRobot     bool   // it reads for nobody in particular
}

// maxAgent bounds a User-Agent in bytes, maxSubscribers what one may claim. The greatest
// number counts, and months and years keep it: one that nobody would believe must not
// stand there because a stranger sent it once. 100,000 readers by one program is more than
// the feeds of an association have.
const (
	maxAgent       = 512
	maxSubscribers = 100_000
)

// How programs say for how many they fetch: "16 subscribers", "1,234 subscribers",
// "3 Subscribers", "2 readers", "subscribers: 5".
var (
	subscribersSaid  = regexp.MustCompile(`(?i)(?:^|[^\w.,])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,8}) (?:subscribers?|readers?)\b`)
	subscribersNamed = regexp.MustCompile(`(?i)\bsubscribers[=:] ?([0-9]{1,8})\b`)
)

// The known ones by a word of theirs, in lower case: some say their name late or not at
// all. Others count as OtherProgram: a name is kept for good, and anybody can send any.
var knownPrograms = []struct{ word, name string }{
	{"feedly", "Feedly"}, {"inoreader", "Inoreader"}, {"newsblur", "NewsBlur"}, {"feedbin", "Feedbin"},
	{"theoldreader", "The Old Reader"}, {"bazqux", "BazQux"}, {"feedhq", "FeedHQ"}, {"netvibes", "Netvibes"}, {"bloglovin", "Bloglovin"},
	{"feedspot", "Feedspot"}, {"feeder.co", "Feeder"}, {"miniflux", "Miniflux"}, {"freshrss", "FreshRSS"}, {"commafeed", "CommaFeed"},
	{"overcast", "Overcast"}, {"feedfetcher-google", "Google"}, {"newsgator", "NewsGator"}, {"bloglines", "Bloglines"},
}

// robots are words of programs that read for nobody in particular.
var robots = []string{"bot", "crawl", "spider", "slurp", "validator", "monitor", "uptime", "facebookexternalhit", "websub", "pubsubhubbub"}

// parseAgent reads a User-Agent. One that says for how many it fetches is no robot,
// whatever its name.
func parseAgent(text string) agent {
	lower := strings.ToLower(text)
	if n, ok := subscribersOf(text); ok {
		return agent{program: programName(lower), subscribers: n}
	}
	if strings.TrimSpace(text) == "" {
		return agent{isRobot: true}
	}
	for _, word := range robots {
		if strings.Contains(lower, word) {
			return agent{isRobot: true}
		}
	}
	return agent{}
}

func subscribersOf(text string) (n int64, ok bool) {
	found := subscribersSaid.FindStringSubmatch(text)
	if found == nil {
		found = subscribersNamed.FindStringSubmatch(text)
	}
	if found == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(found[1], ",", ""), 10, 64)
	return min(n, maxSubscribers), err == nil
}

func programName(lower string) string {
	for _, known := range knownPrograms {
		if strings.Contains(lower, known.word) {
			return known.name
		}
	}
	return OtherProgram
}
