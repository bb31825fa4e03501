// Package publish has the three journeys and the loops that set them going.
//
// Collect ([Collector]): a source's items become stored bulletins. Feeds
// ([Feeds]): what changed is rendered once and put where HTTP finds it.
// Edition ([Editor]): a digest's news and audience are frozen. Deliver
// ([Deliverer]): the ledger's chunks are claimed and worked over pooled
// connections, each result durable before its connection begins the next body.
//
// [Daemon] runs them on their schedules. Each journey can be run by itself,
// beside a daemon: the database decides who does what, never this package.
package publish
