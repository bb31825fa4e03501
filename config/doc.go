// Package config reads the one YAML file of bantin.
//
// Every key is a field of a struct of this package: its name, default, limits
// and choices are tags, its doc comment is what the reference and the editor
// say of it. Loading, docs/config.md, docs/example.yaml and the JSON Schema all
// go by the structs, so a key that is added to one is added to all.
//
// [Load] reads in three steps and goes on after each problem, so that one look
// shows all of them:
//
//  1. the YAML itself: its size, its depth, its syntax. Anchors, aliases, tags
//     and further documents are refused: nobody needs them here, and aliases
//     of aliases make gigabytes of a few lines.
//  2. each key and value against the structs: unknown and repeated keys, wrong
//     types, limits, choices, ${NAME}.
//  3. what the values mean: addresses, zones, places, schedules, files that
//     must be there, names that must be known.
//
// ${NAME} in a text is replaced by the environment variable NAME, and one that
// is not set is a problem; $${NAME} stands for the characters ${NAME}.
// Problems show what stands in the file and never what a variable holds.
//
// Relative paths are relative to the folder of the YAML file and absolute once
// they are loaded.
//
// The tags of a field:
//
//	yaml     the key
//	default  its value where the key is absent; a list has commas
//	need     "yes": the key must be there
//	choices  the values that are possible, with | between them
//	min, max the limits of a number
//	is       what a text must be, see checks
//	example  what docs/example.yaml shows
package config

//go:generate go test . -run TestGenerated -update
