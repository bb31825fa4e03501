// Package process ends the programs of others that we run, with what they started.
package process
