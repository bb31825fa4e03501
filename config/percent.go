package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Percent is a share, written as 10% or 2.5%.
type Percent float64

// The limits of a share: less than one percent of a list is chance.
const minPercent, maxPercent = 1, 100

// ParsePercent parses a share from 1% to 100%.
func ParsePercent(text string) (Percent, error) {
	digits, ok := strings.CutSuffix(text, "%")
	p, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || strings.ContainsFunc(digits, notDecimal) || p < minPercent || p > maxPercent {
		return 0, fmt.Errorf("share %q: expected from %d%% to %d%%", text, minPercent, maxPercent)
	}
	return Percent(p), nil
}

// notDecimal refuses what else ParseFloat reads: signs, exponents, NaN.
func notDecimal(r rune) bool { return r != '.' && (r < '0' || r > '9') }

// Fraction returns the share as a part of one.
func (p Percent) Fraction() float64 { return float64(p) / 100 }

// String formats the share as ParsePercent reads it.
func (p Percent) String() string { return strconv.FormatFloat(float64(p), 'f', -1, 64) + "%" }
