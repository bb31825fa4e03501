// Package nukeviet reads sites made with NukeViet 2.0, 3.x or 4.x, which most
// Vietnamese associations have. None of them has an interface for programs, so
// lists and stories are read from the pages for people.
//
// A [Site] is read by a visit (visit.go). What is remembered of each story from
// visit to visit is a memo (memo.go), and a visit does this:
//
//  1. It finds out by the links of a page which generation made the site
//     (recognise.go). The generations differ in their addresses and pages: old.go
//     is 2.0, alias.go with alias_list.go and alias_story.go are 3.x and 4.x.
//  2. It asks for the newest stories: the list (2.0), the sitemap, else the feed,
//     else the list (3.x, 4.x). While nothing is new, this one request is all.
//  3. It reads new stories from the oldest to the newest (news.go). A visit that
//     was broken off is thus gone on with: all that is older than a known story is
//     known.
//  4. It reads known stories again (recheck.go): those of which the list says
//     something else, and each one now and then for some weeks. A story that the
//     list no longer shows is asked for by its own address. It has vanished once
//     that was in vain on two visits a day apart.
//  5. Where the source says since, it reads what is older (backfill.go).
//
// What the page of a story says is read by package story, which pages that were saved
// by hand are read by as well.
//
// What has not the form of a story (maintenance, a log-in, an empty answer, a page
// that was cut off) changes nothing. After three such in a row the site is left
// alone until the next visit.
package nukeviet
