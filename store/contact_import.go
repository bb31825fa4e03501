package store

import (
	"context"
	"database/sql"
	"slices"

	"bantin"
)

// ImportBatch is contacts to add or update, some hundreds, each address once.
type ImportBatch struct {
	Contacts []bantin.Contact
	Origin   bantin.Origin // of those who are added
	Secret   []byte        // what erased addresses are known by
	Import   int64         // its number; 0: by hand
	Who      string        // whose command it was
	Dry      bool          // tell, and change nothing
}

// ImportResult is what becomes of one contact of a batch.
type ImportResult struct {
	Is      ImportChange
	Contact bantin.Contact // as it is then, with what they said and whether they may be mailed; ID is 0 where they are new
	Left    bool           // they left a digest or are suppressed: that stays

	was *bantin.Contact // nil where they are new
}

// ImportChange is what an import does to one contact.
type ImportChange int

// The changes.
const (
	ContactUntouched ImportChange = iota
	ContactAdded
	ContactChanged
	ContactErased // they were erased once and do not come back
)

// ImportCounts tells what an import did with contacts.
type ImportCounts struct {
	Added, Changed, Untouched int
	Erased                    int // were erased once and do not come back
	Left                      int // left a digest or are suppressed: kept as they are
}

// Plus adds up two batches.
func (i ImportCounts) Plus(j ImportCounts) ImportCounts {
	return ImportCounts{i.Added + j.Added, i.Changed + j.Changed, i.Untouched + j.Untouched, i.Erased + j.Erased, i.Left + j.Left}
}

// Count adds what became of one more contact.
func (i *ImportCounts) Count(f *ImportResult) {
	switch f.Is {
	case ContactAdded:
		i.Added++
	case ContactChanged:
		i.Changed++
	case ContactErased:
		i.Erased++
	case ContactUntouched:
		i.Untouched++
	}
	if f.Left {
		i.Left++
	}
}

// Apply does ImportBatch and counts.
func (v Imports) Apply(ctx context.Context, batch []bantin.Contact, origin bantin.Origin, secret []byte, dry bool) (ImportCounts, error) {
	var sum ImportCounts
	results, err := v.ApplyBatch(ctx, ImportBatch{Contacts: batch, Origin: origin, Secret: secret, Dry: dry})
	for i := range results {
		sum.Count(&results[i])
	}
	return sum, err
}

// ApplyBatch adds and updates contacts by address in one transaction, and
// tells for each what became of it. It leaves alone who was erased, and each
// field that a contact set themselves; an empty field changes nothing.
func (v Imports) ApplyBatch(ctx context.Context, b ImportBatch) ([]ImportResult, error) {
	if b.Dry {
		results, err := v.db.planImport(ctx, v.db.reader, &b)
		return results, wrap(explain(err), "try to import contacts")
	}
	// A batch is short and is not broken off: statements that can be cost more.
	ctx = context.WithoutCancel(ctx)
	var results []ImportResult
	err := v.db.write(ctx, "import contacts", func(tx *sql.Tx) error {
		var err error
		if results, err = v.db.planImport(ctx, tx, &b); err != nil {
			return err
		}
		return v.db.applyImport(ctx, tx, &b, results)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// planImport tells what is to become of each contact, and changes nothing.
func (db *DB) planImport(ctx context.Context, q querier, b *ImportBatch) ([]ImportResult, error) {
	keys := make([]string, len(b.Contacts))
	for i := range b.Contacts {
		keys[i] = bantin.AddressKey(b.Contacts[i].Email)
	}
	known, err := findContacts(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	erased, err := db.erasedAmong(ctx, q, keys, b.Secret)
	if err != nil {
		return nil, err
	}
	suppressed, err := suppressedAmong(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	results := make([]ImportResult, len(keys))
	for i, key := range keys {
		f, list := &results[i], &b.Contacts[i]
		was, here := known[key]
		switch {
		case erased[key]:
			*f = ImportResult{Is: ContactErased}
		case !here:
			*f = ImportResult{Is: ContactAdded, Contact: *list}
			f.Contact.Origin = b.Origin
		default:
			f.was, f.Contact = was.Contact, *overlay(was.Contact, list, was.own)
			if was.Origin == bantin.OriginEnded {
				f.Contact.Origin = b.Origin // the office names them again
			}
			if !sameFields(was.Contact, &f.Contact) {
				f.Is = ContactChanged
			}
		}
		if f.Is != ContactErased {
			f.Contact.Suppressed = suppressed[key]
			f.Left = suppressed[key] != "" || leftAny(&f.Contact)
		}
	}
	return results, nil
}

func leftAny(c *bantin.Contact) bool {
	return slices.ContainsFunc(c.Subscriptions, func(s bantin.ContactSubscription) bool { return s.Status == bantin.SubscriptionUnsubscribed })
}
