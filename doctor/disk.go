package doctor

import (
	"context"
	"fmt"

	"bantin/internal/disk"
)

// What a message of an edition takes: a row of the ledger with its part of the messages
// that are kept (docs/scale.md), or a file of the outbox.
const (
	bytesPerDelivery = 200
	bytesPerFile     = 40_000
)

// checkDisk sets the free space beside what an edition of each digest takes.
func checkDisk(ctx context.Context, o *Options) Finding {
	free := o.Free
	if free == nil {
		free = func() (disk.Space, error) { return disk.At(o.Data) }
	}
	space, err := free()
	if err != nil {
		return skipped(words("không biết ổ đĩa của %s còn bao nhiêu chỗ: %v", "how much room the disk of %s has is not known: %v", o.Data, err))
	}
	need := o.editionBytes(ctx)
	what := words("còn %s trên %s; mỗi kỳ cần khoảng %s", "%s free of %s; an edition takes about %s", amount(space.Free), amount(space.Total), amount(need))
	hint := words("giải phóng chỗ trên ổ đĩa của %s, hoặc rút ngắn keep", "free some room on the disk of %s, or shorten keep", o.Data)
	if o.Outbox {
		hint = words("không có smtp nên mỗi thư là một tệp: đặt smtp, hoặc xóa bớt tệp trong %s/outbox", "without smtp each message is a file: set smtp, or remove files from %s/outbox", o.Data)
	}
	const manyEditions = 10
	switch {
	case space.Free < space.Total/20, space.Free < need:
		return failed(what, hint)
	case space.Free < space.Total/10, space.Free < manyEditions*need:
		return warning(what, hint)
	}
	return ok(what)
}

// editionBytes is what one edition of each digest takes at most.
func (o *Options) editionBytes(ctx context.Context) uint64 {
	if o.Store == nil {
		return 0
	}
	levels, err := o.Store.Contacts().CountLevels(ctx)
	if err != nil {
		return 0 // the check of the database says it
	}
	contacts := 0
	for _, n := range levels {
		contacts += n
	}
	each := bytesPerDelivery
	if o.Outbox {
		each = bytesPerFile
	}
	return uint64(contacts) * uint64(each) * uint64(len(o.Digests))
}

// amount writes a number of bytes for people.
func amount(n uint64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}
