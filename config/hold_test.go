package config_test

import (
	"fmt"
	"testing"

	"bantin"
	"bantin/config"
)

func TestHoldLimits(t *testing.T) {
	none := (*config.SMTP)(nil)
	if got, want := none.HoldLimits(), (bantin.HoldLimits{Share: 0.1, Least: 20}); got != want {
		t.Errorf("without smtp: %v, want %v", got, want)
	}
	for hold, want := range map[string]bantin.HoldLimits{
		"":                               {Share: 0.1, Least: 20},
		"hold: {}":                       {Share: 0.1, Least: 20},
		"hold: {share: 25%}":             {Share: 0.25, Least: 20},
		"hold: {least: 3}":               {Share: 0.1, Least: 3},
		"hold: {share: 1%, least: 5}":    {Share: 0.01, Least: 5},
		"hold: {share: 100%, least: 50}": {Share: 1, Least: 50},
		`hold: {share: "2.5%"}`:          {Share: 0.025, Least: 20},
	} {
		c, report := load(t, fmt.Sprintf("site: {url: 'https://bantin.example.org'}\nsmtp: {host: localhost, from: a@example.org, %s}\n", hold))
		if err := report.Err(); err != nil {
			t.Errorf("%s: %v", hold, err)
			continue
		}
		if got := c.SMTP.HoldLimits(); got != want {
			t.Errorf("%s: %v, want %v", hold, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for text, want := range map[string]float64{"1%": 0.01, "10%": 0.1, "12.5%": 0.125, "100%": 1} {
		p, err := config.ParsePercent(text)
		if err != nil || p.Fraction() != want || p.String() != text {
			t.Errorf("ParsePercent(%q) = %v (%v), %v", text, p, p.Fraction(), err)
		}
	}
	for _, bad := range []string{"", "%", "10", "0%", "0.9%", "100.1%", "-5%", "+5%", "1e1%", "NaN%", "Inf%", "0x10%", "10 %", "10%%", "mười%"} {
		if p, err := config.ParsePercent(bad); err == nil {
			t.Errorf("ParsePercent(%q) = %v", bad, p)
		}
	}
}
