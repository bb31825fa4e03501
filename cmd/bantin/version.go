package main

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"bantin/fetch"
)

// A release is stamped with these (release.sh, -ldflags -X); elsewhere they are empty.
var (
	version string // 1.2.0
	commit  string // of its history
	date    string // of the commit, RFC 3339
)

// build is what the program was built from, as it was stamped or as Go noted it.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of its history
	Time     string `json:"time,omitempty"`     // of the revision
	Changed  bool   `json:"changed,omitempty"`  // files differed from the revision
	Go       string `json:"go"`
	System   string `json:"system"`
}

func builtFrom() build {
	b := build{Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		}
	}
	b.Version = cmp.Or(version, b.Version)
	b.Revision, b.Time = cmp.Or(commit, b.Revision), cmp.Or(date, b.Time)
	return b
}

// userAgent is what the program calls itself to the servers that it asks.
func (w *deps) userAgent() string {
	return fetch.UserAgent(builtFrom().Version, w.site.URL, w.site.Contact)
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: a.text("Cho biết bản nào của chương trình", "Print the version"),
		RunE:  func(*cobra.Command, []string) error { return a.version() },
	}
}

func (a *app) version() error {
	b := builtFrom()
	if a.json {
		return a.printJSON(b)
	}
	a.say("bantin %s, %s, %s", "bantin %s, %s, %s", b.Version, b.Go, b.System)
	if b.Revision != "" {
		a.say("mã nguồn %s, %s", "revision %s of %s", b.Revision, b.Time)
	}
	if b.Changed {
		a.say("có tệp đã sửa so với mã nguồn ấy", "with local changes")
	}
	return nil
}
