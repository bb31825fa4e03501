// Package office serves the pages of the association's office, under /office: what
// needs a person, what is due next, editions and what became of them, and the actions
// that steer them.
//
// [New] returns one handler; routes.go is its table of contents. Who may see it is in
// the YAML: they sign in by a link that is mailed to them (sign_in.go), and a session in
// the database remembers them (session.go). A page is a file page_*.go, which reads its
// parameters, fills its struct and renders the template of the same name in
// templates/office; asked for JSON, it writes what the command of the same name prints.
//
// Every action is a plain form that is posted (action.go). It refuses other origins, is
// done once for each form, is written to the audit log before it is done, and calls what
// its command calls. Pages work without scripts; the one script only renews what it shows
// while an edition is being sent. Nothing is cached, and nothing comes from another host.
package office
