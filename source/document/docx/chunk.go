package docx

import (
	"html"
	"path"
	"strings"

	"bantin/mailbox"
	"bantin/source/charset"
)

// The limits of files within a file (w:altChunk), which programs write that join others.
const (
	maxChunks     = 50
	maxChunkDepth = 3
	maxChunkBytes = 8 << 20 // of pages and texts together
)

// chunk adds the text of a file within the file. What cannot be read is noted.
func (w *writer) chunk(id string) {
	target, ok := w.doc.rels[id]
	if w.chunks++; !ok || target.external || w.chunks > maxChunks || w.nested >= maxChunkDepth {
		w.miss(MissingChunk)
		return
	}
	data, err := w.doc.part(target.target, maxUnpacked/4)
	if err != nil {
		w.miss(MissingChunk)
		return
	}
	switch extension := strings.ToLower(path.Ext(target.target)); extension {
	case ".docx", ".docm", ".dotx":
		err = w.chunkFile(data)
	case ".htm", ".html", ".xhtml", ".txt", ".mht", ".mhtml":
		err = w.chunkText(extension, data)
	default:
		w.miss(MissingChunk)
	}
	if err != nil {
		w.miss(MissingChunk)
	}
}

// chunkFile adds the blocks of another .docx. Its elements count as those of the file do.
func (w *writer) chunkFile(data []byte) error {
	inner := writer{out: w.out, count: w.count, chunks: w.chunks, nested: w.nested + 1}
	err := inner.file(data)
	w.count, w.chunks = inner.count, inner.chunks
	w.blocks = append(w.blocks, inner.blocks...)
	return err
}

// chunkText adds a page or a text as one block.
func (w *writer) chunkText(extension string, data []byte) error {
	if w.out.inserted += len(data); w.out.inserted > maxChunkBytes {
		w.miss(MissingChunk)
		return nil
	}
	if strings.HasPrefix(extension, ".mht") {
		mail, err := mailbox.Read(data)
		if err != nil {
			return err
		}
		for _, p := range mail.Parts {
			if p.Type == "text/html" {
				data = p.Data
				break
			}
		}
	}
	text, err := charset.Decode(data)
	if err != nil {
		return err
	}
	if extension == ".txt" {
		for line := range strings.SplitSeq(text, "\n") {
			w.blocks = append(w.blocks, Block{HTML: html.EscapeString(line), Text: charset.OneLine(line)})
		}
		return nil
	}
	w.blocks = append(w.blocks, Block{Kind: "html", HTML: text, Text: "…"})
	return nil
}
