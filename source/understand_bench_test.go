package source_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
	"bantin/source/extract"
)

// allLabelled is all labelled texts in one, some thirty thousand bytes.
func allLabelled(b *testing.B) string {
	var all []string
	for _, l := range labelledTexts(b) {
		all = append(all, l.prose())
	}
	return strings.Join(all, "\n\n")
}

// Finding the places and the references of a text, against bringing it to NFC
// from the form that wants bringing.
func BenchmarkUnderstand(b *testing.B) {
	text, day := allLabelled(b), bantin.Day{Year: 2022, Month: 4, Day: 29}
	apart, atlas := norm.NFD.String(text), place.NewAtlas(nil)
	var plain, quick, found time.Duration
	for b.Loop() {
		start := time.Now()
		norm.NFC.String(apart)
		plain += time.Since(start)
		start = time.Now()
		norm.NFC.String(text)
		quick += time.Since(start)
		start = time.Now()
		atlas.Find(text, day)
		extract.LegalRefs(text)
		found += time.Since(start)
	}
	b.ReportMetric(float64(found)/float64(plain), "x-NFC-of-NFD")
	b.ReportMetric(float64(found)/float64(quick), "x-NFC-of-NFC")
}

// Ten times the names, against those there are.
func BenchmarkManyNames(b *testing.B) {
	text, day := allLabelled(b), bantin.Day{Year: 2022, Month: 4, Day: 29}
	few, many := place.NewAtlas(nil), place.NewAtlas(manyClusters(2500))
	var plain, found time.Duration
	for b.Loop() {
		start := time.Now()
		few.Find(text, day)
		plain += time.Since(start)
		start = time.Now()
		many.Find(text, day)
		found += time.Since(start)
	}
	b.ReportMetric(float64(found)/float64(plain), "x-few-names")
}

// manyClusters makes n clusters of names that texts could have.
func manyClusters(n int) (list []bantin.Cluster) {
	words := strings.Fields("Đông Tây Nam Bắc Trung Thượng Hạ Sơn Hải Giang Bình Minh Phú Lộc Thọ An")
	for i := range n {
		name := words[i%16] + " " + words[i/16%16] + " " + words[i/256%16]
		list = append(list, bantin.Cluster{ID: fmt.Sprint("c-", i), Title: name, Names: []string{"liên cụm " + name, "cụm " + name}})
	}
	return list
}
