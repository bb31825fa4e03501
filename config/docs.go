package config

import (
	_ "embed"
	"strings"

	"bantin"
)

// keyDocs holds the doc comments of the fields, for they are not there at run
// time. Written by go generate; a test fails when it is stale.
//
//go:embed keys.txt
var keyDocs string

// documentation returns the doc comment of each key, by "Struct.Field".
func documentation() map[string]bantin.Words {
	docs := map[string]bantin.Words{}
	for line := range strings.Lines(keyDocs) {
		if parts := strings.Split(strings.TrimSpace(line), "\t"); len(parts) == 3 {
			docs[parts[0]] = bantin.Words{EN: parts[1], VI: parts[2]}
		}
	}
	return docs
}

func (k key) doc(docs map[string]bantin.Words) bantin.Words { return docs[k.owner+"."+k.field] }
