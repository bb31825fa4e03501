// Package templates holds the words and the shape of pages and mails.
//
// The built-in ones are embedded: page/ for the site, mail/ for messages. A
// folder of the same shape overrides them file by file, so that an association
// changes the foot of its mails and keeps the rest. [Load] reads all of them
// at once and refuses what does not parse, with file and line: a mistake shows
// at start and not in Monday's digest.
//
// Each template has one Go struct, which belongs to the package that fills it
// (web for pages, mailer for mails) and is checked there. Both languages stand
// side by side in the template: {{.Say "Bản tin" "Bulletins"}}, where Say
// comes from the bantin.Language that every struct embeds.
//
// A file whose name begins with _ is shared by all pages, or by all mails.
package templates
