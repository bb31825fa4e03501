// Package bantin is the vocabulary of bantin, the bulletin publisher.
package bantin
