// Package examples holds a small association to try bantin with: a
// configuration that runs as it is, a dozen bulletins in the three formats a
// folder may have, with pictures, and a list of contacts. `bantin init` writes
// them out.
//
// People, places of meetings and figures are made up, and the pictures are drawings,
// 1200 by 675 pixels with a palette, since the samples report of nobody real.
package examples

import "embed"

// Files are what `init` writes, by the paths they have here: bantin.yaml,
// contacts.csv and bulletins/.
//
//go:embed bantin.yaml contacts.csv bulletins/*.md bulletins/*.html bulletins/*.txt bulletins/anh/*.png
var Files embed.FS
