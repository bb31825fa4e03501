//go:build race

package cost

const isRace = true
