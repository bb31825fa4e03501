package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"bantin"
	"bantin/config"
	"bantin/contact"
)

// listGaps warns of what the list of contacts does not say and digests go by: a digest
// for some levels reaches nobody of a list without levels. A list that cannot be read is
// a warning too; the daemon says so when it imports it.
func listGaps(file string, c *config.Config) []config.Problem {
	if c.Contacts == "" {
		return nil
	}
	has, err := listHas(c.Contacts)
	if err != nil {
		return []config.Problem{{File: file, Warning: true, Message: bantin.Say("không đọc được danh sách người nhận %s: %s",
			"the list of contacts %s cannot be read: %s", filepath.Base(c.Contacts), reasonOf(err))}}
	}
	var list []config.Problem
	for _, d := range c.Digests {
		var vi, en []string
		if len(d.Audience.Levels) > 0 && !has.levels {
			vi, en = append(vi, "cấp (cột Cấp)"), append(en, "level (column level)")
		}
		if len(d.Audience.Places)+len(d.Audience.Clusters) > 0 && !has.places {
			vi, en = append(vi, "nơi (cột Tỉnh)"), append(en, "place (column place)")
		}
		if len(vi) == 0 {
			continue
		}
		list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Words{
			VI: fmt.Sprintf("bản tin tổng hợp %q chọn người nhận theo %s, mà danh sách %s không ghi điều đó cho ai", d.ID, strings.Join(vi, ", "), filepath.Base(c.Contacts)),
			EN: fmt.Sprintf("the digest %q selects contacts by %s, which the list %s gives for nobody", d.ID, strings.Join(en, ", "), filepath.Base(c.Contacts)),
		}, Hint: bantin.Words{VI: "thêm cột ấy vào danh sách, hoặc bỏ khóa ấy khỏi audience", EN: "add that column to the list, or remove that key from the audience"}})
	}
	return list
}

// reasonOf is why a list cannot be read, in both languages.
func reasonOf(err error) bantin.Words {
	var row *contact.RowError
	var file *contact.FileError
	switch {
	case errors.As(err, &row):
		return row.Reason
	case errors.As(err, &file):
		return file.Words
	}
	return bantin.Words{VI: err.Error(), EN: err.Error()}
}

// listFacts says what the rows of a list say.
type listFacts struct{ levels, places bool }

// listHas looks at the first rows of a list.
func listHas(path string) (has listFacts, err error) {
	const enough = 1000 // rows
	r, err := contact.Open(path)
	if err != nil {
		return has, err
	}
	defer r.Close() // it was only read
	rows := 0
	for range enough {
		row, err := r.Next()
		var bad *contact.RowError
		switch {
		case errors.Is(err, io.EOF):
			return listFacts{has.levels || rows == 0, has.places || rows == 0}, nil
		case errors.As(err, &bad):
			continue
		case err != nil:
			return has, err
		}
		rows++
		has.levels, has.places = has.levels || row.Contact.Level != "", has.places || row.Contact.Place != ""
	}
	return has, nil
}
