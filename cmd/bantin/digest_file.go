package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bantin"
	"bantin/picture"
	"bantin/web/office"
)

// linkedFile stores the file that an edition is to link to; nil for "".
func (a digestCommands) linkedFile(ctx context.Context, w *deps, path string) (*bantin.LinkedFile, error) {
	if path == "" {
		return nil, nil
	}
	f, err := w.keepLinked(ctx, path)
	if unreadable := (*office.UnreadableError)(nil); errors.As(err, &unreadable) {
		return nil, &usageError{unreadable.Words}
	}
	return f, err
}

// keepLinked stores a file that an edition is to link to, if people read such files.
func (w *deps) keepLinked(ctx context.Context, path string) (*bantin.LinkedFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read linked file: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, bantin.MaxLinkedFile+1))
	if err != nil {
		return nil, fmt.Errorf("read linked file: %w", err)
	}
	name := filepath.Base(path)
	if len(raw) > bantin.MaxLinkedFile {
		return nil, &office.UnreadableError{Words: bantin.Say("%s quá lớn: tệp kèm theo đến 20 MB.", "%s is too large: a linked file has at most 20 MB.", name)}
	}
	mediaType, name, err := picture.CheckFile(name, raw)
	if err != nil {
		return nil, &office.UnreadableError{Words: bantin.Say("%s không phải loại tệp kèm theo được: cần PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV hoặc văn bản, đúng như tên tệp.",
			"%s cannot be linked to: it has to be PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV or text, as its name says.", filepath.Base(path))}
	}
	f := &bantin.LinkedFile{ID: office.NewNonce(), Name: name, Type: mediaType, Size: int64(len(raw))}
	return f, w.db.LinkedFiles().Add(ctx, f.ID, raw)
}
