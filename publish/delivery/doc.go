// Package delivery is the engine that sends: frozen deliveries → mail server.
//
// [Wakeups] has a node look for editions with work. [Deliverer] delivers one: it
// claims chunks of the ledger under a lease and a fencing token, a dispatcher hands
// their deliveries out at the rate that the mail server bears, and a worker for
// each connection sends them. A message is composed once for each segment of
// recipients ([Composer]). Each result is durable before its connection begins the
// next body: one committer stores the results of all connections in batches.
//
// The ledger is the truth. Queued jobs only wake nodes, and losing all of them
// loses nothing. Any number of nodes may deliver the same edition.
//
// [NoticeSender] sends messages outside editions: confirmations, links, reports.
package delivery
