// Package mailer makes messages and hands them over.
//
// A digest is rendered and composed once for each segment: all who get the
// same words. Compose has go-mail write the message with a stand-in where the
// recipients differ (Recipient, Message-ID, the token in the links) and cuts it there;
// a [ComposedMessage] then makes a recipient's message by copying pieces, about a
// microsecond in place of a hundred.
//
// A [Transport] hands messages over: to an SMTP server ([SMTP]) or into a
// folder ([Outbox]). Its errors say whom they are about: [SendError].
//
// A message is signed ([Signer]) as its pieces are put together: what is the same
// for a segment is hashed once. Links are signed ([Tokens]), and so are the
// addresses that mail comes back to: [Tokens.ParseVERP] says whose it was,
// [Tokens.ParseUnsubscribeAddress] who leaves by mail. Nothing here reads a clock of its own.
package mailer
