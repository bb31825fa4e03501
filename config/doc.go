// Package config reads the one YAML file of bantin.
//
// Every key is a field of a struct of this package: its name, default, limits
// and choices are tags, and its doc comment is its text in the reference and in
// editors. Loading, docs/config.md, docs/example.yaml and the JSON Schema are all
// derived from the structs, so that a new key appears in all of them.
//
// [Load] reads in three steps and continues after each problem, so that one run
// reports all of them:
//
//  1. the YAML itself: its size, its depth, its syntax. Anchors, aliases, tags
//     and further documents are refused: they are not needed here, and nested
//     aliases expand a few lines to gigabytes.
//  2. each key and value against the structs: unknown and repeated keys, wrong
//     types, limits, choices, ${NAME}.
//  3. the meaning of the values: addresses, time zones, places, schedules, files
//     that must exist, names that must be known.
//
// ${NAME} in a text is replaced by the environment variable NAME; one that is not
// set is a problem; $${NAME} stands for a literal ${NAME}. Problems show the text
// of the file and never the value of a variable.
//
// Relative paths are relative to the folder of the YAML file; Load makes them
// absolute.
//
// The tags of a field:
//
//	yaml     the key
//	default  its value where the key is absent; a list has commas
//	need     "yes": the key is required
//	choices  the possible values, separated by |
//	min, max the limits of a number
//	is       the format of a text, see checks
//	example  what docs/example.yaml shows
package config

//go:generate go test . -run TestGenerated -update
