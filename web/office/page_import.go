package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/store"
	"bantin/templates"
)

// importPage is a list to import: the form, then what it would do, then what it did.
type importPage struct {
	page
	Token    string // of the list; "" for the form
	File     string
	IsDone   bool
	Report   *ImportReport
	Until    string      // the dry run lives
	Digests  []reachLine // who gets what
	Problems []string    // the first rejected rows
	Notes    []string    // what was noticed, the first of it
	More     int         // rejected rows and notes that are not shown
	Undo     *undoable   // nil where the last import is undone, or there is none
}

// reachLine says how many of a list get a digest, and why others do not.
type reachLine struct{ Digest, Gets, Not string }

// undoable is an import that can be undone.
type undoable struct {
	Number   int64
	File, At string
}

const (
	uploadTTL    = time.Hour
	shownProblem = 50 // rejected rows and notes on the page: the file has all rows
)

func (o *office) importForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &importPage{page: o.newPage(r, v, "contacts", "")}
	p.Title = p.Say("Nhập danh sách", "Import a list")
	if err := o.fillUndo(r.Context(), p); err != nil {
		return err
	}
	return o.render(w, http.StatusOK, "import", p)
}

// fillUndo offers to undo the last import.
func (o *office) fillUndo(ctx context.Context, p *importPage) error {
	last, err := o.Store.Imports().LastToUndo(ctx)
	if errors.Is(err, bantin.ErrNotFound) {
		return nil
	}
	if err == nil && last.Status != store.ImportUndone {
		p.Undo = &undoable{last.Number, last.File, p.When(last.At, o.Site.Location)}
	}
	return err
}

// tryImport serves POST /office/contacts/import: it shows what the list would do, and keeps
// it for an hour.
func (o *office) tryImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	dir, file, _, err := o.receive(r)
	defer os.RemoveAll(dir)
	if err != nil {
		return err
	}
	if file == "" {
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy chọn một tệp.", EN: "Choose a file."}}
	}
	ctx := context.WithoutCancel(r.Context())
	report, err := o.runImport(ctx, ImportList{File: file, Who: v.who(), Language: v.lang, Dry: true})
	if err != nil {
		return err
	}
	token := NewNonce()
	u, err := o.keepUpload(ctx, token, file, report)
	if err != nil {
		return err
	}
	return o.showImport(w, r, v, token, &u, report)
}

// runImport imports a list, one at a time: a workbook takes memory.
func (o *office) runImport(ctx context.Context, list ImportList) (*ImportReport, error) {
	o.importing.Lock()
	defer o.importing.Unlock()
	report, err := o.Import(ctx, list)
	var file *contact.FileError
	var row *contact.RowError
	switch {
	case errors.As(err, &file):
		return nil, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Không đọc được tệp này: " + file.Words.VI + ".", EN: "The file cannot be read: " + file.Words.EN + "."}}
	case errors.As(err, &row):
		return nil, &refusal{http.StatusUnprocessableEntity, bantin.Words{
			VI: fmt.Sprintf("Không đọc được danh sách, dòng %d: %s.", row.Line, row.Reason.VI), EN: fmt.Sprintf("The list cannot be read, line %d: %s.", row.Line, row.Reason.EN)}}
	}
	return report, err
}

func (o *office) keepUpload(ctx context.Context, token, file string, report *ImportReport) (u store.Upload, err error) {
	rejected := report.File
	report.File = ""
	if rejected != "" {
		report.File = filepath.Base(rejected)
	}
	text, err := json.Marshal(report)
	if err != nil {
		return u, err
	}
	files := map[store.UploadKind]io.Reader{}
	for kind, path := range map[store.UploadKind]string{store.UploadFile: file, store.UploadRejected: rejected} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return u, err
		}
		defer f.Close()
		files[kind] = f
	}
	u = store.Upload{Hash: HashToken(token), Name: filepath.Base(file), Status: store.UploadTried, Report: string(text), Expires: o.Now().Add(uploadTTL)}
	return u, o.Store.Uploads().Add(ctx, u, files)
}

// showUpload serves GET /office/contacts/import/{token}.
func (o *office) showUpload(w http.ResponseWriter, r *http.Request, v *visit) error {
	token := r.PathValue("token")
	u, report, err := o.uploadOf(r.Context(), token)
	if err != nil {
		return err
	}
	return o.showImport(w, r, v, token, &u, report)
}

func (o *office) uploadOf(ctx context.Context, token string) (u store.Upload, report *ImportReport, err error) {
	if u, err = o.Store.Uploads().Get(ctx, HashToken(token)); err != nil {
		return u, nil, err
	}
	report = new(ImportReport)
	return u, report, json.Unmarshal([]byte(u.Report), report)
}

func (o *office) showImport(w http.ResponseWriter, r *http.Request, v *visit, token string, u *store.Upload, report *ImportReport) error {
	if wantsJSON(r) {
		printed := report.Printed()
		printed.Token = token
		return o.show(w, r, "", nil, printed)
	}
	p := &importPage{page: o.newPage(r, v, "contacts", u.Name), Token: token, File: u.Name, IsDone: u.Status == store.UploadDone, Report: report, Until: templates.Clock(u.Expires.In(o.Site.Location))}
	p.Switch = "/office/contacts/import/" + token + "?lang=" + string(p.Other())
	o.fillReport(p)
	if p.IsDone {
		if err := o.fillUndo(r.Context(), p); err != nil {
			return err
		}
	}
	return o.render(w, http.StatusOK, "import", p)
}

// fillReport words a report.
func (o *office) fillReport(p *importPage) {
	for _, d := range p.Report.Digests {
		line := reachLine{Digest: d.Digest, Gets: p.Count(int64(d.Rows))}
		if d.NoLevel > 0 {
			line.Not = fmt.Sprintf(p.Say("%s người không nhận vì tệp không ghi cấp của họ", "%s left out, for the file gives no level for them"), p.Count(int64(d.NoLevel)))
		}
		if d.NoPlace > 0 {
			line.Not = strings.TrimPrefix(line.Not+"; "+fmt.Sprintf(p.Say("%s người không nhận vì tệp không ghi nơi của họ", "%s left out, for the file gives no place for them"), p.Count(int64(d.NoPlace))), "; ")
		}
		p.Digests = append(p.Digests, line)
	}
	for _, bad := range p.Report.Problems[:min(len(p.Report.Problems), shownProblem)] {
		p.Problems = append(p.Problems, fmt.Sprintf(p.Say("Dòng %d, %s: %s", "Line %d, %s: %s"), bad.Line, bad.Shown, bad.What.In(p.Language)))
	}
	for _, note := range p.Report.Notes {
		p.Notes = append(p.Notes, note.In(p.Language))
	}
	for _, w := range p.Report.Warnings[:min(len(p.Report.Warnings), shownProblem)] {
		p.Notes = append(p.Notes, strings.TrimSpace(fmt.Sprintf(p.Say("Dòng %d, %s %s", "Line %d, %s %s"), w.Line, w.Column, w.What.In(p.Language))))
	}
	p.More = p.Report.Rejected - len(p.Problems) + p.Report.Warned - min(len(p.Report.Warnings), shownProblem)
}

// rejectedRows serves the rows that were not taken, as a list to mend.
func (o *office) rejectedRows(w http.ResponseWriter, r *http.Request, _ *visit) error {
	u, report, err := o.uploadOf(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	if report.File == "" {
		return fmt.Errorf("rejected rows of %s: %w", u.Name, bantin.ErrNotFound)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": report.File}))
	return o.Store.Uploads().Copy(r.Context(), u.Hash, store.UploadRejected, w)
}

// doImport serves POST /office/contacts/import/{token}: the list is imported, once.
func (o *office) doImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	token := r.PathValue("token")
	u, _, err := o.uploadOf(r.Context(), token)
	if err != nil {
		return err
	}
	takesLong(w)
	err = o.act(r, v, bantin.Action{What: bantin.ActionImport, Object: u.Name}, func(ctx context.Context) error {
		err := o.Store.Uploads().Claim(ctx, u.Hash)
		if errors.Is(err, bantin.ErrConflict) {
			return &refusal{http.StatusConflict, bantin.Words{VI: "Danh sách này đã được nhập, hoặc đang được nhập. Lần này không có gì được thay đổi.", EN: "This list was imported already, or is being imported. Nothing was changed this time."}}
		}
		if err != nil {
			return err
		}
		if err := o.importClaimed(ctx, v, &u, r.PostForm.Get("complete") != ""); err != nil {
			return errors.Join(err, o.Store.Uploads().Release(ctx, u.Hash))
		}
		return nil
	})
	if err != nil {
		return err
	}
	u, report, err := o.uploadOf(r.Context(), token)
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/contacts/import/"+token, bantin.ActionImport, report.Printed())
}

func (o *office) importClaimed(ctx context.Context, v *visit, u *store.Upload, complete bool) error {
	dir, err := os.MkdirTemp(o.Dir, ".upload-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, u.Name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = o.Store.Uploads().Copy(ctx, u.Hash, store.UploadFile, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	report, err := o.runImport(ctx, ImportList{File: path, Who: v.who(), Language: v.lang, Complete: complete})
	if err != nil {
		return err
	}
	if report.File != "" {
		report.File = filepath.Base(report.File)
	}
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	return o.Store.Uploads().Settle(ctx, u.Hash, string(text))
}
