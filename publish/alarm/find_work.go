package alarm

import (
	"context"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// Watched is what the configuration says of what can fail.
type Watched struct {
	Sources []string
	Tasks   map[string][]string // by task: its objects; AnyObject: all
	// MailHint says what to do about a problem with the mail server; may be nil.
	MailHint func(mailer.SetupProblem) bantin.Words
}

// AnyObject stands for all objects of a task.
const AnyObject = "*"

func (w *Watched) has(task, object string) bool {
	return slices.Contains(w.Tasks[task], object) || slices.Contains(w.Tasks[task], AnyObject)
}

// relayAway finds a mail server that takes nothing while mail waits.
func (a *Alarms) relayAway(ctx context.Context, _ []bantin.Trouble) ([]bantin.Trouble, error) {
	waits, err := a.DB.AnyMailWaits(ctx)
	if err != nil || !waits {
		return nil, err
	}
	relay, waits, err := a.DB.Relays().Waiting(ctx)
	if err != nil {
		return nil, err
	}
	if waits && relay.Reason == bantin.WaitRelay {
		return []bantin.Trouble{a.relayTrouble(relay.Name, relay.Said, relay.Problem, relay.Since)}, nil
	}
	tasks, err := a.DB.Tasks().List(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range tasks {
		if s.Task == store.TaskNotices && !s.FailingSince.IsZero() && a.Watched.has(s.Task, s.Object) {
			return []bantin.Trouble{a.relayTrouble(s.Object, s.Error, "", s.FailingSince)}, nil
		}
	}
	return nil, nil
}

// RelayObject is the object of the trouble of a mail server that takes nothing.
const RelayObject = "server"

func (a *Alarms) relayTrouble(name, said, problem string, since time.Time) bantin.Trouble {
	t := bantin.Trouble{
		Kind: bantin.TroubleRelay, Object: RelayObject, Since: since,
		Subject: bantin.Words{VI: "Máy chủ gửi thư " + name, EN: "Mail server " + name},
		What: bantin.Words{
			VI: "Máy chủ gửi thư chưa dùng được: " + said + ". Thư đang chờ, không ai bị bỏ sót.",
			EN: "The mail server cannot be used: " + said + ". Mail waits, nobody is skipped."},
		Hint: bantin.Words{
			VI: "Hãy xem phần smtp trong bantin.yaml và nhật ký; khi máy chủ dùng được, thư tự đi tiếp.",
			EN: "Look at smtp in bantin.yaml and at the log; once the server works, mail goes on by itself."},
	}
	if a.Watched.MailHint == nil || problem == "" {
		return t
	}
	if hint := a.Watched.MailHint(mailer.SetupProblem(problem)); hint != (bantin.Words{}) {
		t.Hint = hint
	}
	return t
}

// manySources is how many sources that fail at once are one trouble: the network.
const manySources = 5

// allSources is the object of that trouble.
const allSources = "*"

// failingSources finds sources whose reads fail. Those that fail in numbers are told
// together; one that is told already stays a trouble of its own.
func (a *Alarms) failingSources(ctx context.Context, open []bantin.Trouble) ([]bantin.Trouble, error) {
	states, err := a.DB.Sources().List(ctx)
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	together := false
	for _, t := range open {
		if t.Kind == bantin.TroubleSource {
			own[t.Object] = true
			together = together || t.Object == allSources
		}
	}
	var list []bantin.Trouble
	var fresh []store.SourceState
	for _, s := range states {
		switch {
		case s.FailingSince.IsZero() || !slices.Contains(a.Watched.Sources, s.ID):
		case own[s.ID]:
			list = append(list, failingSource(&s))
		default:
			fresh = append(fresh, s)
		}
	}
	if together && len(fresh) > 0 || len(fresh) >= manySources {
		return append(list, a.manyFailingSources(fresh)), nil
	}
	for _, s := range fresh {
		list = append(list, failingSource(&s))
	}
	return list, nil
}

func failingSource(s *store.SourceState) bantin.Trouble {
	return bantin.Trouble{
		Kind: bantin.TroubleSource, Object: s.ID, Since: s.FailingSince,
		Subject: bantin.Words{VI: "Nguồn " + s.ID, EN: "Source " + s.ID},
		What:    bantin.Words{VI: "Không đọc được nguồn: " + s.LastError, EN: "The source cannot be read: " + s.LastError},
		Hint:    bantin.Words{VI: "Xem: bantin sources. Các nguồn khác vẫn được đọc.", EN: "See: bantin sources. The other sources are read."},
	}
}

func (a *Alarms) manyFailingSources(failing []store.SourceState) bantin.Trouble {
	t := bantin.Trouble{Kind: bantin.TroubleSource, Object: allSources, Since: failing[0].FailingSince}
	var ids []string
	for _, s := range failing {
		ids = append(ids, s.ID)
		if s.FailingSince.After(t.Since) {
			t.Since = s.FailingSince
		}
	}
	t.Subject = bantin.Words{VI: "Nhiều nguồn cùng lúc", EN: "Many sources at once"}
	t.What = bantin.Say("Không đọc được %d nguồn: %s. Chẳng hạn: %s", "%d sources cannot be read: %s. For example: %s", len(ids), strings.Join(ids, ", "), failing[0].LastError)
	t.Hint = bantin.Words{VI: "Hãy xem mạng của máy này, rồi bantin sources.", EN: "Check the network of this machine, then see bantin sources."}
	return t
}

// failingTasks finds recurring work that fails.
func (a *Alarms) failingTasks(ctx context.Context, _ []bantin.Trouble) ([]bantin.Trouble, error) {
	states, err := a.DB.Tasks().List(ctx)
	if err != nil {
		return nil, err
	}
	var list []bantin.Trouble
	for _, s := range states {
		if s.FailingSince.IsZero() || s.Task == store.TaskNotices || !a.Watched.has(s.Task, s.Object) {
			continue
		}
		subject, hint := taskWords(s.Task)
		kind := bantin.TroubleTask
		if s.Task == store.TaskBounces {
			kind = bantin.TroubleReturns
		}
		t := bantin.Trouble{Kind: kind, Object: strings.TrimSpace(s.Task + " " + s.Object), Since: s.FailingSince, Subject: subject, Hint: hint,
			What: bantin.Words{VI: "Không làm được: " + s.Error, EN: "It fails: " + s.Error}}
		if s.Object != "" {
			t.Subject.VI += " " + s.Object
			t.Subject.EN += " " + s.Object
		}
		list = append(list, t)
	}
	return list, nil
}

// taskWords says what a task is, and what to do where it fails.
func taskWords(task string) (subject, hint bantin.Words) {
	words := map[string]struct{ subject, hint bantin.Words }{
		store.TaskBounces: {
			bantin.Words{VI: "Hộp thư trả lại", EN: "Mailbox of returned mail"},
			bantin.Words{VI: "Hãy xem phần bounces trong bantin.yaml: máy chủ, mật khẩu hoặc Maildir. Không mất gì, nhưng địa chỉ hỏng chưa được biết.",
				EN: "Look at bounces in bantin.yaml: the server, its password or the Maildir. Nothing is lost, but dead addresses stay unknown."}},
		store.TaskImport: {
			bantin.Words{VI: "Danh sách người nhận", EN: "Contact list"},
			bantin.Words{VI: "Hãy xem tệp của khóa contacts; thử trước: bantin contacts import FILE --dry-run.",
				EN: "Look at the file of the key contacts; to try it: bantin contacts import FILE --dry-run."}},
		store.TaskHubs: {
			bantin.Words{VI: "Hub", EN: "Hub"},
			bantin.Words{VI: "Người đọc vẫn có tin khi tự kiểm tra. Nếu hub không còn hoạt động, hãy bỏ nó khỏi khóa websub.",
				EN: "Readers that poll are not affected. If the hub is gone, remove it from the key websub."}},
		store.TaskExport: {
			bantin.Words{VI: "Bản tĩnh của nguồn tin", EN: "Static copies of the feeds"},
			bantin.Words{VI: "Hãy xem quyền ghi và chỗ trống ở thư mục của khóa export.", EN: "Look at the permissions and the space of the folder of the key export."}},
		store.TaskKeep: {
			bantin.Words{VI: "Dọn dữ liệu cũ", EN: "Pruning of old data"},
			bantin.Words{VI: "Hãy xem ổ đĩa và cơ sở dữ liệu; dữ liệu cũ còn lại cho đến khi dọn được.", EN: "Look at the disk and the database; old data stays until it can be removed."}},
	}[task]
	return words.subject, words.hint
}

// maxBackupAge is how old the last backup may be, where one was ever made.
const maxBackupAge = 36 * time.Hour

// oldBackup finds that no backup was made for long.
func (a *Alarms) oldBackup(ctx context.Context, _ []bantin.Trouble) ([]bantin.Trouble, error) {
	states, err := a.DB.Tasks().List(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		if s.Task != store.TaskBackup || s.LastSuccess.IsZero() || a.Now().Sub(s.LastSuccess) < maxBackupAge {
			continue
		}
		at := func(l bantin.Language) string { return mailer.FormatTime(l, s.LastSuccess.In(a.Zone)) }
		return []bantin.Trouble{{
			Kind: bantin.TroubleBackup, Object: s.Object, Since: s.LastSuccess.Add(maxBackupAge),
			Subject: bantin.Words{VI: "Sao lưu", EN: "Backup"},
			What:    bantin.Words{VI: "Bản sao lưu gần nhất được làm lúc " + at(bantin.Vietnamese) + ".", EN: "The last backup was made at " + at(bantin.English) + "."},
			Hint: bantin.Words{VI: "Hãy xem lịch sao lưu (systemctl status bantin-backup.timer), rồi chạy bantin backup FILE.",
				EN: "Look at what makes backups (systemctl status bantin-backup.timer), then run bantin backup FILE."},
		}}, nil
	}
	return nil, nil
}
