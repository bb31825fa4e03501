// Package delivery is the engine that sends: frozen deliveries → mail server.
//
// [Sweeper] has a node look for editions with work. [Deliverer] delivers them side
// by side: a run for each edition claims chunks of the ledger under a lease and a
// fencing token, a dispatcher hands the deliveries of all of them out in turn at the
// rate that the mail server bears, and a worker for each connection sends them. A message is composed once for each segment of
// recipients ([Composer]). Each result is durable before its connection begins the
// next body: one committer stores the results of all connections in batches.
//
// What servers answer is judged: a limit of the account has all nodes wait, a wave of
// refusals holds the edition or a receiving domain of it (see store.Editions.Judge).
//
// The ledger is the truth. Any number of nodes may deliver the same edition.
//
// [NoticeSender] sends messages outside editions: confirmations, links, reports.
package delivery
