package doctor

import (
	"context"
	"time"

	"bantin"
)

// Status is the result of a check.
type Status string

// The results.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Finding is what a check found.
type Finding struct {
	Check  string // its name, one of Names
	Status Status
	What   bantin.Words // what was found
	Hint   bantin.Words // what a person can do; empty where nothing is to be done
}

// examination is one look that gives the findings of one or more checks.
type examination struct {
	names []string
	look  func(ctx context.Context, o *Options) []Finding
}

// one makes the examination of a single check.
func one(name string, look func(ctx context.Context, o *Options) Finding) examination {
	return examination{[]string{name}, func(ctx context.Context, o *Options) []Finding {
		f := look(ctx, o)
		f.Check = name
		return []Finding{f}
	}}
}

// examinations are all checks, in the order in which they are shown.
func examinations() []examination {
	return []examination{
		one("dns_mx", checkMX),
		one("dns_spf", checkSPF),
		one("dns_dkim", checkDKIM),
		one("dns_dmarc", checkDMARC),
		one("dns_ptr", checkPTR),
		{[]string{"smtp_connect", "smtp_tls", "smtp_login"}, checkSMTP},
		one("imap_login", checkMailboxes),
		one("site_url", checkSite),
		one("one_click", checkOneClick),
		one("clock", checkClock),
		one("disk", checkDisk),
		one("modes", checkModes),
		one("database", checkDatabase),
		one("contacts", checkContacts),
		one("audience", checkAudience),
		one("templates", checkTemplates),
		one("sources", checkSources),
		one("topics", checkTopics),
	}
}

// OpenTimeout is how long the database may take to be opened before the checks begin.
const OpenTimeout = 4 * time.Second

// The limits of a run: all checks together, and how much longer one is waited for that
// does not heed its end.
const (
	timeout = 14 * time.Second
	grace   = time.Second
)

// Examine runs all checks side by side and returns their findings in a fixed order. It
// takes at most 15 seconds: a check that does not end by then is given up, and its finding
// says so.
func Examine(ctx context.Context, o *Options) []Finding {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	all := examinations()
	results := make([]chan []Finding, len(all))
	for i, e := range all {
		results[i] = make(chan []Finding, 1)
		go func() { results[i] <- e.look(ctx, o) }()
	}
	late := time.NewTimer(timeout + grace)
	defer late.Stop()
	var findings []Finding
	for i, e := range all {
		select {
		case found := <-results[i]:
			findings = append(findings, found...)
		case <-late.C:
			late.Reset(0) // the others are not waited for either
			findings = append(findings, givenUp(e.names)...)
		}
	}
	return findings
}

// givenUp are the findings of checks that did not end.
func givenUp(names []string) []Finding {
	var findings []Finding
	for _, name := range names {
		f := warning(words("không kiểm tra xong trong thời gian cho phép", "the check did not end in time"),
			words("máy này có thể đang quá bận, hoặc một ổ đĩa mạng không trả lời", "this machine may be too busy, or a network disk does not answer"))
		f.Check = name
		findings = append(findings, f)
	}
	return findings
}

func ok(what bantin.Words) Finding      { return Finding{Status: OK, What: what} }
func skipped(what bantin.Words) Finding { return Finding{Status: Skipped, What: what} }
func warning(what, hint bantin.Words) Finding {
	return Finding{Status: Warning, What: what, Hint: hint}
}
func failed(what, hint bantin.Words) Finding { return Finding{Status: Failed, What: what, Hint: hint} }

// words formats the same values in both languages.
func words(vi, en string, values ...any) bantin.Words { return bantin.Say(vi, en, values...) }

// join puts sentences behind each other.
func join(list ...bantin.Words) bantin.Words {
	var all bantin.Words
	for _, w := range list {
		if w == (bantin.Words{}) {
			continue
		}
		if all != (bantin.Words{}) {
			all.VI, all.EN = all.VI+"; ", all.EN+"; "
		}
		all.VI, all.EN = all.VI+w.VI, all.EN+w.EN
	}
	return all
}
