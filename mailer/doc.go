// Package mailer renders, composes, signs and sends mail.
//
// A digest is rendered ([RenderDigest]) and composed ([Compose]) once for each
// segment: all contacts who get the same words. Compose has go-mail write the
// message with placeholders where recipients differ (To, Message-ID, the tokens
// in links) and splits it there. The resulting [ComposedMessage] makes a
// recipient's message by copying pieces, in about a microsecond instead of a
// hundred.
//
// A [Transport] sends messages: to a mail server ([SMTP]) or into a folder
// ([Outbox]). Its connections ([Conn]) separate envelope and body, and pipeline
// the next envelope behind the current body. A [SendError] tells what a failure
// concerns: the recipient, the message, the sender or the relay.
//
// Messages are signed with DKIM ([dkim.Signer]) as their pieces are put together; what
// a segment has in common is hashed once. [Tokens] signs links and the addresses
// that mail comes back to: [Tokens.ParseVERP] tells which delivery bounced,
// [Tokens.ParseUnsubscribeAddress] who unsubscribes by mail. Package
// mailer/bounce classifies returned messages.
package mailer
