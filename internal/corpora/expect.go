package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/mail"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The kinds of files, by the door that they come in by.
const (
	feedKind     = "feeds"
	documentKind = "documents"
	mailKind     = "mails"
	listKind     = "lists"
)

var (
	feedRoot   = regexp.MustCompile(`(?i)<(?:\w+:)?(?:rss|feed|rdf)[\s>]`)
	mailHeader = regexp.MustCompile(`(?i)\A(?:From [^\n]*\n)?(?:received|return-path|delivered-to|mime-version|message-id|from|to|subject|date|content-type|x-[\w-]+|dkim-signature):[ \t\r]`)
)

// kindOf tells by its name, and by how it begins, what a file is; "" where it is none of
// what bantin reads.
func kindOf(path string, raw []byte) string {
	head := string(raw[:min(len(raw), 4096)])
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".docx", ".docm", ".odt", ".rtf", ".doc", ".pdf", ".html", ".htm", ".md", ".markdown":
		return documentKind
	case ".xlsx", ".csv", ".xls", ".ods", ".xlsm":
		return listKind
	case ".eml", ".mime", ".msg":
		if ext == ".msg" && !mailHeader.MatchString(head) {
			return ""
		}
		return mailKind
	case ".json":
		if strings.Contains(head, "jsonfeed.org/version") {
			return feedKind
		}
		return ""
	case ".xml", ".rss", ".atom", ".rdf", ".feed":
		if feedRoot.Match(plainBytes(raw[:min(len(raw), 64<<10)])) {
			return feedKind
		}
		return ""
	case ".txt", ".raw", ".golden", "":
		switch {
		case mailHeader.MatchString(head):
			return mailKind
		case ext == ".txt":
			return documentKind
		}
	}
	return ""
}

// plainBytes is a text in UTF-8, where it is UTF-16; other encodings keep their bytes.
func plainBytes(raw []byte) []byte {
	if len(raw) < 4 {
		return raw
	}
	little := raw[0] == 0xFF && raw[1] == 0xFE || raw[0] != 0 && raw[1] == 0 && raw[3] == 0
	big := raw[0] == 0xFE && raw[1] == 0xFF || raw[0] == 0 && raw[1] != 0 && raw[2] == 0
	if !little && !big {
		return raw
	}
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		first, second := uint16(raw[i]), uint16(raw[i+1])
		if little {
			first, second = second, first
		}
		units = append(units, first<<8|second)
	}
	return []byte(string(utf16.Decode(units)))
}

var (
	noMarkup  = regexp.MustCompile(`(?s)<!--.*?-->`)
	entry     = regexp.MustCompile(`(?is)<(?:\w+:)?(?:item|entry)(?:\s[^>]*)?>(.*?)</(?:\w+:)?(?:item|entry)\s*>`)
	wordsIn   = regexp.MustCompile(`(?is)<(?:\w+:)?(title|description|content|encoded|summary|body|div)(?:\s[^>]*)?>(.*?)</`)
	cdata     = regexp.MustCompile(`(?s)<!\[CDATA\[(.*?)\]\]>`)
	tag       = regexp.MustCompile(`(?s)<[^>]*>`)
	notShown  = regexp.MustCompile(`(?is)<(script|style|head|noscript|template|svg|iframe|object|select)(?:\s[^>]*)?>.*?</(?:script|style|head|noscript|template|svg|iframe|object|select)\s*>`)
	wordsRuns = regexp.MustCompile(`(?is)<w:t(?:\s[^>]*)?>([^<]+)</w:t>`)
)

// entriesWithWords counts the different entries of a feed that say something.
func entriesWithWords(raw []byte) int {
	text := string(plainBytes(raw))
	if i := strings.Index(text, "{"); i >= 0 && !strings.Contains(text[:i], "<") {
		return jsonItems(text[i:])
	}
	met := map[string]bool{}
	for _, m := range entry.FindAllStringSubmatch(noMarkup.ReplaceAllString(text, ""), -1) {
		for _, said := range wordsIn.FindAllStringSubmatch(m[1], -1) {
			if hasWords(said[2]) {
				met[m[1]] = true
			}
		}
	}
	return len(met)
}

func jsonItems(text string) int {
	var feed struct {
		Items []map[string]any `json:"items"`
	}
	if json.NewDecoder(strings.NewReader(text)).Decode(&feed) != nil {
		return 0
	}
	met := map[string]bool{}
	for _, item := range feed.Items {
		for _, key := range []string{"title", "content_html", "content_text", "summary"} {
			if said, _ := item[key].(string); hasWords(said) {
				whole, _ := json.Marshal(item)
				met[string(whole)] = true
			}
		}
	}
	return len(met)
}

// hasWords reports whether a piece of HTML shows a letter or a digit.
func hasWords(said string) bool { return letters(plainWords(said)) > 0 }

// plainWords is a piece of HTML without its tags, which may be written as text.
func plainWords(said string) string {
	said = cdata.ReplaceAllString(said, "$1")
	for range 2 {
		said = html.UnescapeString(tag.ReplaceAllString(said, " "))
	}
	return said
}

// shownBy is what a document shows of words, about; known is false for kinds that only
// other programs can read.
func shownBy(path string, raw []byte) (text string, known bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".txt", ".md", ".markdown":
		return string(plainBytes(raw)), true
	case ".html", ".htm":
		return plainWords(notShown.ReplaceAllString(noMarkup.ReplaceAllString(string(plainBytes(raw)), ""), " ")), true
	case ".docx", ".docm":
		return wordsOfDocx(raw), true
	}
	return "", false
}

// wordsOfDocx are the runs of text in the main part of a .docx.
func wordsOfDocx(raw []byte) string {
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return ""
	}
	var words strings.Builder
	for _, f := range archive.File {
		if !strings.EqualFold(f.Name, "word/document.xml") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return ""
		}
		text, _ := io.ReadAll(io.LimitReader(r, maxFile)) // of a damaged one the beginning
		r.Close()
		for _, m := range wordsRuns.FindAllSubmatch(text, -1) {
			words.Write(m[1])
		}
	}
	return plainWords(words.String())
}

// letters counts the letters and digits of a text.
func letters(text string) (n int) {
	for _, r := range text {
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			n++
		}
	}
	return n
}

// senderOf is the first address after From; "" where a simple reader finds none.
func senderOf(raw []byte) string {
	for line := range strings.SplitSeq(string(raw[:min(len(raw), 64<<10)]), "\n") {
		name, value, ok := strings.Cut(line, ":")
		if line == "" || line == "\r" {
			return ""
		}
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "from") {
			continue
		}
		if a, err := mail.ParseAddress(strings.TrimSpace(value)); err == nil {
			return a.Address
		}
		return address.FindString(value)
	}
	return ""
}

var address = regexp.MustCompile(`[\w.+=-]+@[\w.-]+\w`)
