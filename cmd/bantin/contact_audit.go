package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bantin"
	"bantin/store"
)

// printRecord tells what happened to a contact, a line each.
func (a contactCommands) printRecord(w *deps, record []bantin.AuditEntry) {
	for i := range record {
		e := &record[i]
		fmt.Fprintf(a.out, "  %s  %s\n", a.formatTime(e.At, w.site.Location), a.entryWords(e))
	}
}

func (a contactCommands) entryWords(e *bantin.AuditEntry) string {
	words := []string{e.What.Words().In(a.language)}
	add := func(vi, en, value string) {
		if value != "" {
			words = append(words, strings.TrimSpace(a.language.Say(vi, en)+" "+value))
		}
	}
	if e.Edition == "" {
		add("bản tin tổng hợp", "digest", e.Digest)
	}
	add("kỳ", "edition", e.Edition)
	add("từ tệp", "from the file", e.File)
	if e.What != bantin.AuditReturned && e.What != bantin.AuditRefused {
		add("", "", bantin.ByWords(e.By).In(a.language))
	}
	add("", "", e.Who)
	add("", "", a.noteWords(e))
	for _, field := range slices.Sorted(maps.Keys(e.After)) {
		words = append(words, fmt.Sprintf("%s %q → %q", field, e.Before[field], e.After[field]))
	}
	return strings.Join(words, ", ")
}

// noteWords says a note of the record for people. What a server or a person
// wrote stays as it is.
func (a contactCommands) noteWords(e *bantin.AuditEntry) string {
	switch {
	case e.What == bantin.AuditSuppressed, e.What == bantin.AuditReturned, e.What == bantin.AuditRefused:
		return suppressionWords(e.Note).In(a.language)
	case e.What == bantin.AuditMailed:
		status, reply, _ := strings.Cut(e.Note, ": ")
		return strings.TrimSuffix(bantin.DeliveryStatus(status).Words().In(a.language)+": "+reply, ": ")
	case e.Note == store.NoteConfirmed:
		return a.language.Say("xác nhận bằng liên kết trong thư", "confirmed by the link in a mail")
	case e.Note == store.NoteWave:
		return a.language.Say("vì kỳ ấy bị giữ lại", "because its edition was held")
	case e.Note == store.NoteEnded:
		return a.language.Say("nay nhận lại", "receives mail again")
	}
	return e.Note
}
