package main

import (
	"time"

	"bantin/config"
)

// duration is a flag that is written as durations of the YAML are: 90s, 15m,
// 24h or 31d.
type duration struct{ *time.Duration }

// Set implements pflag.Value.
func (d duration) Set(text string) error {
	read, err := config.ParseDuration(text)
	if err == nil {
		*d.Duration = read.Std()
	}
	return err
}

// String implements pflag.Value.
func (d duration) String() string {
	if d.Duration == nil {
		return ""
	}
	return config.Duration(*d.Duration).String()
}

// Type implements pflag.Value: what help shows for the value.
func (d duration) Type() string { return "DURATION" }
