// Package mailer makes messages and hands them over.
//
// A digest is rendered and composed once for each segment: all who get the
// same words. Compose has go-mail write the message with a stand-in where the
// recipients differ (To, Message-ID, the token in the links) and cuts it there;
// a [Letter] then makes a recipient's message by copying pieces, about a
// microsecond in place of a hundred.
//
// A [Transport] hands messages over: to an SMTP server ([SMTP]) or into a
// folder ([Outbox]). Its errors say whom they are about: [Refusal].
//
// Links are signed ([Tokens]); nothing here reads a clock of its own.
package mailer
