package main

// ownerOf is not known on Windows.
func ownerOf(string) (uid uint32, known bool) { return 0, false }
