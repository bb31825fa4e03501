// Package document makes a draft of one document: the text of a bulletin in HTML,
// Markdown, Word's .docx, a mail, or the print view of a NukeViet site.
//
// [Read] reads a file and chooses the format by its name (read.go, formats.go).
// A format is a file here: printview.go, markdown.go with frontmatter.go, page.go,
// word.go with the package docx below, mail.go with the package mailtext. Formats that
// bantin has no reader for are read by programs (package convert). A source that has no files makes a draft with [New] and fills
// it in: the entry of a feed with AddHTML, a story of a site with AddParts, a mail
// of a mailbox with AddMail. Complete then finds the title and the lead where the
// document does not say them, and Finish gives the bulletin.
//
// All HTML, also that of our own Markdown and of a .docx, takes one way:
//
//   - It is parsed within limits (parse.go), and what readers do not see is found
//     (hidden.go, css.go).
//   - It is written anew from a short list of elements (writer.go, flow.go,
//     inline.go, table.go, figure.go): nothing is copied, so that scripts, styles
//     and handlers cannot come through.
//   - Its pictures go to the picture store (image.go, images.go), and a caption
//     stays with each (caption.go).
//   - It is sanitised once more (sanitise.go).
//
// A document that gives no bulletin is a [Problem], worded in both languages for
// the office. What could be read although something in it is wrong gives a warning
// on the bulletin, or holds it for a person.
package document
