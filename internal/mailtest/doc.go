// Package mailtest looks at mails as their receivers do: a browser on a telephone and on a
// desk, axe-core, the rules of the Email Markup Consortium, SpamAssassin and rspamd.
//
// The table of all mails stands in publish/delivery, which writes them.
package mailtest
