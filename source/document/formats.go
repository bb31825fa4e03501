package document

import "bantin/picture"

// IsText reports whether a file is of a format that gives a bulletin.
func IsText(name string) bool {
	switch extensionOf(name) {
	case ".txt", ".md", ".markdown", ".html", ".htm", ".docx", ".docm", ".eml":
		return true
	}
	return false
}

// IsStandalone reports whether a file without readable text, such as a PDF, is a
// bulletin by itself, which waits for a person to write its text.
func IsStandalone(name string) bool {
	switch extensionOf(name) {
	case ".pdf", ".doc", ".odt", ".rtf", ".ppt", ".pptx", ".odp":
		return true
	}
	return false
}

// IsAttachable reports whether a file beside a text of the same name is its
// attachment. Sheets are nothing alone: lists lie in folders for other reasons.
func IsAttachable(name string) bool {
	switch extensionOf(name) {
	case ".xls", ".xlsx", ".ods":
		return true
	}
	return IsStandalone(name)
}

// MaxBytes is the limit of a file's size. The largest bulletin seen had a tenth of
// it. Markdown may have less, because the time to parse what was made for that
// grows with the square of its length.
func MaxBytes(name string) int64 {
	switch extensionOf(name) {
	case ".md", ".markdown":
		return 1 << 20
	case ".docx", ".docm", ".eml":
		return 64 << 20 // pictures are in it
	}
	if IsStandalone(name) {
		return picture.MaxFileBytes
	}
	return 8 << 20
}
