package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
)

func (a editionCommands) auditCommand() *cobra.Command {
	return &cobra.Command{
		Use: "audit [ID]",
		Short: a.text("Đối chiếu sổ gửi của một kỳ, hoặc của mọi kỳ, từng dòng một; lệch thì mã kết thúc là 1",
			"Compare the ledger of an edition, or of all, row by row; exit status 1 where it differs"),
		Example: asTyped("bantin editions audit", "bantin editions audit hang-tuan-12"),
		RunE:    a.does(a.auditEditions),
	}
}

func (a editionCommands) auditEditions(ctx context.Context, w *deps, args []string) error {
	rows, err := w.auditedRows(ctx, args)
	if err != nil {
		return err
	}
	if len(rows) == 0 && !a.json {
		a.note("Chưa có kỳ nào.", "No editions yet.")
	}
	differ := 0
	for _, row := range rows {
		audit, err := w.db.Editions().Audit(ctx, row)
		if err != nil {
			return err
		}
		if len(audit.Differences) > 0 {
			differ++
		}
		if err := a.tellAudit(&audit); err != nil {
			return err
		}
	}
	if differ > 0 {
		return &toldError{fmt.Errorf("%d editions differ", differ)}
	}
	return nil
}

// auditedRows are the editions that the arguments name.
func (w *deps) auditedRows(ctx context.Context, args []string) ([]int64, error) {
	if len(args) == 0 {
		return w.db.Editions().Rows(ctx)
	}
	e, err := w.db.Editions().Get(ctx, args[0])
	return []int64{e.Row}, editionNotFound(err, args[0])
}

func (a editionCommands) tellAudit(audit *store.EditionAudit) error {
	if a.json {
		return a.printJSON(audit)
	}
	verdict := a.language.Say("khớp", "adds up")
	switch {
	case len(audit.Differences) > 0:
		verdict = a.language.Say("LỆCH", "DIFFERS")
	case audit.IsPruned:
		verdict = a.language.Say("khớp; từng thư đã được dọn theo keep.deliveries", "adds up; its deliveries were removed by keep.deliveries")
	}
	a.say("%s  %d người nhận = %d đã gửi + %d hỏng + %d bỏ qua + %d còn chờ: %s", "%s  %d recipients = %d sent + %d failed + %d skipped + %d waiting: %s",
		audit.Edition, audit.Frozen, audit.Sent, audit.Failed, audit.Skipped, audit.Waiting, verdict)
	for _, d := range audit.Differences {
		fmt.Fprintln(a.out, "  "+differenceWords(d).In(a.language))
	}
	return nil
}

// differenceWords says for people what differs.
func differenceWords(d store.Difference) bantin.Words {
	words, ok := map[store.DifferenceKind]bantin.Words{
		store.DiffersRecipients: {VI: "kỳ ghi %[2]d người nhận, sổ gửi có %[3]d", EN: "the edition says %[2]d recipients, the ledger has %[3]d"},
		store.DiffersSent:       {VI: "phần %[1]d ghi %[2]d thư đã gửi, đếm được %[3]d", EN: "chunk %[1]d says %[2]d sent, its rows say %[3]d"},
		store.DiffersFailed:     {VI: "phần %[1]d ghi %[2]d thư hỏng, đếm được %[3]d", EN: "chunk %[1]d says %[2]d failed, its rows say %[3]d"},
		store.DiffersSkipped:    {VI: "phần %[1]d ghi %[2]d thư bỏ qua, đếm được %[3]d", EN: "chunk %[1]d says %[2]d skipped, its rows say %[3]d"},
		store.DiffersDeferred:   {VI: "phần %[1]d ghi %[2]d thư sẽ gửi lại, đếm được %[3]d", EN: "chunk %[1]d says %[2]d deferred, its rows say %[3]d"},
		store.DiffersUnsettled:  {VI: "phần %[1]d ghi là xong mà còn %[3]d thư chưa gửi: không ai gửi nữa", EN: "chunk %[1]d is done and has %[3]d deliveries that wait: nobody sends them"},
		store.DiffersStatus:     {VI: "phần %[1]d có %[3]d thư ở trạng thái không có thật", EN: "chunk %[1]d has %[3]d deliveries with a status that does not exist"},
		store.DiffersNoChunk:    {VI: "%[3]d thư không thuộc phần nào: không ai gửi", EN: "%[3]d deliveries are in no chunk: nobody sends them"},
		store.DiffersOverlap:    {VI: "phần %[1]d và phần trước cùng có %[3]d người: có thể bị gửi hai lần", EN: "chunk %[1]d and the one before share %[3]d contacts: they may get it twice"},
		store.DiffersOpen:       {VI: "kỳ ghi là xong mà còn %[3]d phần chưa xong", EN: "the edition is done and %[3]d of its chunks are not"},
		store.DiffersSegment:    {VI: "%[3]d thư có nội dung lẽ ra được giữ mà không còn", EN: "the messages of %[3]d deliveries should be kept and are not there"},
	}[d.What]
	if !ok {
		return bantin.Words{VI: string(d.What), EN: string(d.What)}
	}
	say := func(format string) string { return fmt.Sprintf(format, d.Chunk, d.Stored, d.Counted) }
	return bantin.Words{VI: say(words.VI), EN: say(words.EN)}
}
