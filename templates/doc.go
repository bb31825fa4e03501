// Package templates holds the templates of pages and mails.
//
// The built-in templates are embedded: page/ for the site, office/ for the pages of
// the office, mail/ for messages. A
// folder of the same layout overrides them file by file, so that an association
// can change the footer of its mails and keep the rest. [Load] parses all of them
// and reports the first error with file and line: a mistake shows at start and not
// in Monday's digest.
//
// Each template has one Go struct, which belongs to the package that fills it (web
// and web/office for pages, mailer for mails) and is checked there. Both languages stand side by
// side in the template: {{.Say "Bản tin" "Bulletins"}}, where Say comes from the
// bantin.Language that every struct embeds.
//
// A file whose name begins with _ is a partial, shared by all pages or all mails.
// Besides its struct's methods a template may call the functions in funcs.go.
package templates
