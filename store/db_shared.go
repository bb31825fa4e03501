package store

// Shared reports whether the database is one that several machines share.
func (db *DB) Shared() bool { return db.postgres }
