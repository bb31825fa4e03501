package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// maxReduced bounds what one call of ReduceLeft does.
const maxReduced = 10_000

// ReduceLeft erases contacts who left everything before a time: of their addresses keyed
// hashes are kept, so that no import brings them back; they may sign up again. Who waits for an answer to a request about their data stays. digests are
// those of the configuration: with none nobody is known to have left everything. There may
// be more where it gives maxReduced.
func (v Contacts) ReduceLeft(ctx context.Context, digests []DigestAudience, today bantin.Day, before time.Time, secret []byte) (reduced int64, err error) {
	if len(digests) == 0 {
		return 0, nil
	}
	asked, err := v.db.openRequests(ctx)
	if err != nil {
		return 0, err
	}
	var old []string
	f := ContactFilter{Status: ContactLeft, Digests: digests, Today: today}
	for more := true; more && len(old) < maxReduced; more = f.After != "" {
		var page []ListedContact
		if page, f.After, err = v.List(ctx, f, 500); err != nil {
			return 0, err
		}
		for i := range page {
			if !page[i].Since.IsZero() && page[i].Since.Before(before) && !asked[bantin.AddressKey(page[i].Email)] {
				old = append(old, page[i].Email)
			}
		}
	}
	for _, address := range old {
		err := v.Erase(ctx, address, secret)
		if err != nil && !errors.Is(err, bantin.ErrNotFound) {
			return reduced, fmt.Errorf("reduce who left: %w", err)
		}
		reduced++
		if err := ctx.Err(); err != nil {
			return reduced, err
		}
	}
	return reduced, nil
}
