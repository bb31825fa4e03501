package config

import (
	"fmt"
	"path/filepath"
	"reflect"

	"bantin"
)

// A checker checks the meaning of the values after all of them were read.
type checker struct {
	*decoder
	c   *Config
	dir string // of the file
}

// check fills in what depends on other values, and reports invalid values.
func check(c *Config, d *decoder, dir string) {
	k := &checker{d, c, dir}
	c.Site.Location = location(c.Site.Timezone)
	k.structure(reflect.ValueOf(c).Elem(), "")
	k.names()
	k.site()
	k.smtp()
	k.bounceBox()
	k.databasePassword()
	k.alarm()
	k.office()
	for i := range c.Sources {
		k.source(&c.Sources[i], fmt.Sprintf("sources[%d]", i))
	}
	for i := range c.Feeds {
		if f := &c.Feeds[i]; f.Title == "" {
			f.Title = c.Site.Title
		}
		k.reserved(c.Feeds[i].ID, fmt.Sprintf("feeds[%d].id", i))
		for j, alias := range c.Feeds[i].Aliases {
			k.reserved(alias, fmt.Sprintf("feeds[%d].aliases[%d]", i, j))
		}
	}
	for i := range c.Digests {
		k.digest(&c.Digests[i], fmt.Sprintf("digests[%d]", i))
	}
}

// structure walks through all values and checks each text by its tag "is".
func (k *checker) structure(v reflect.Value, path string) {
	for _, key := range keysOf(v.Type()) {
		k.field(v.FieldByIndex(key.index), key, under(path, key.name))
	}
}

func (k *checker) field(v reflect.Value, key key, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			k.structure(v.Elem(), path)
		}
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[Rate]() {
			k.structure(v, path)
		}
	case reflect.Slice:
		k.slice(v, key, path)
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			k.text(v.Addr().Interface().(*string), key, path)
		}
	}
}

func (k *checker) slice(v reflect.Value, key key, path string) {
	for i := range v.Len() {
		k.field(v.Index(i), key, fmt.Sprintf("%s[%d]", path, i))
	}
	if list, ok := v.Addr().Interface().(*[]string); ok && key.is == "place" {
		k.successors(list, path)
	}
}

// text checks one text. An empty one counts as absent.
func (k *checker) text(text *string, key key, path string) {
	if *text == "" {
		if k.has(path) && (key.needed || key.is == "id") {
			k.report.add(k.at(path), both("giá trị trống", "the value is empty"), key.expectation())
		}
		return
	}
	if check := k.checks(key.is); check != nil {
		check(text, path)
	}
	if path == "site.place" {
		k.successor(text, path)
	}
}

// checks returns the function of a tag "is". It reports what is wrong with the text
// at path, and normalizes the text.
func (k *checker) checks(is string) func(text *string, path string) {
	switch is {
	case "id":
		return k.id
	case "url":
		return k.url
	case "page":
		return k.page
	case "database":
		return k.database
	case "hub":
		return k.hub
	case "webhook":
		return k.webhook
	case "zone":
		return k.zone
	case "address":
		return k.address
	case "mailbox":
		return k.mailbox
	case "host":
		return k.host
	case "listen":
		return k.listen
	case "network":
		return k.network
	case "domain":
		return k.domain
	case "selector":
		return k.selector
	case "hello":
		return k.hello
	case "token":
		return k.token
	case "inbox":
		return k.inbox
	case "sns topic":
		return k.snsTopic
	case "configuration set":
		return k.configurationSet
	case "bounces":
		return k.bounces
	case "path":
		return k.path
	case "file":
		return k.file
	case "folder":
		return k.folder
	case "place":
		return k.place
	case "cluster":
		return k.cluster
	case "topic":
		return k.topicID
	case "source":
		return k.sourceID
	case "hours":
		return k.hours
	case "template":
		return k.template
	}
	return nil // "days" is read with its schedule; "lines" may have line breaks
}

func (k *checker) path(text *string, _ string) {
	if !filepath.IsAbs(*text) {
		*text = filepath.Join(k.dir, *text)
	}
}

// wrong reports a text as written in the file, never the value of a variable.
func (k *checker) wrong(path, vi, en string, hint bantin.Words) {
	at := k.at(path)
	k.report.add(at, both(vi, en, maskPassword(at.raw)), hint)
}
