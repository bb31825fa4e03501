package alarm

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// Alarms tells people of troubles.
type Alarms struct {
	DB       *store.DB
	Log      *slog.Logger
	Language bantin.Language // of what is told
	Zone     *time.Location
	Ways     []Way         // the log is always one of them
	After    time.Duration // how long a trouble that comes and goes has lasted when it is told
	Now      func() time.Time
	Watched  Watched
	Unstored *Unstored     // outlives a reload
	Well     time.Duration // between two signs of life; 0: none
	Host     string        // names this machine in troubles that are its alone; "": there is no other

	mu       sync.Mutex
	remember map[saying]store.Telling // what was told and could not be stored
}

// DefaultAfter is After where the configuration does not say.
const DefaultAfter = 15 * time.Minute

// Here names an object of this machine alone.
func (a *Alarms) Here(object string) string {
	if a.Host == "" {
		return object
	}
	return object + "@" + a.Host
}

// at names this machine in words, where there are others.
func (a *Alarms) at() bantin.Words {
	if a.Host == "" {
		return bantin.Words{}
	}
	return bantin.Words{VI: " (máy " + a.Host + ")", EN: " (machine " + a.Host + ")"}
}

// Way is one way of telling people.
type Way struct {
	Name  string
	Tell  func(ctx context.Context, t *bantin.Trouble, m Message) error
	Once  bool                         // it says that a trouble began, and not each day that it lasts
	Takes func(t *bantin.Trouble) bool // nil: all
}

// saying is a trouble and a way to tell it.
type saying struct{ trouble, way string }

const (
	// tellInterval is how often what is to be told is looked for.
	tellInterval = 5 * time.Second
	// findInterval is how often troubles are looked for in what is stored.
	findInterval = 20 * time.Second
	// repeatInterval is how often a trouble is told again that lasts.
	repeatInterval = 24 * time.Hour
	// keepResolved is how long a trouble is kept that is over.
	keepResolved = 90 * 24 * time.Hour
)

// Begin notes a trouble that somebody met. One of its kind and object that lasts goes on.
// Where it cannot be stored this node keeps it.
func (a *Alarms) Begin(ctx context.Context, t bantin.Trouble) {
	err := a.DB.Troubles().Begin(ctx, t)
	if err == nil || ctx.Err() != nil {
		return
	}
	if t.Since.IsZero() {
		t.Since = a.Now()
	}
	a.Unstored.begin(t)
}

// End notes that a trouble is over; where there is none it does nothing. Where that
// cannot be stored the trouble lasts: who says that it is over says so again.
func (a *Alarms) End(ctx context.Context, kind bantin.TroubleKind, object string) {
	a.Unstored.end(kind, object, a.Now())
	_ = a.DB.Troubles().End(ctx, kind, object)
}

// Run finds troubles in what is stored and tells all, until ctx ends. One node does it
// for all.
func (a *Alarms) Run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { schedule.Repeat(ctx, findInterval, nil, a.findOrLog) })
	loops.Go(func() { schedule.Repeat(ctx, tellInterval, nil, a.tellStored) })
	loops.Wait()
}

// RunHere tells the troubles that this node keeps to itself, until ctx ends. Each node
// does it.
func (a *Alarms) RunHere(ctx context.Context) {
	schedule.Repeat(ctx, tellInterval, nil, a.tellUnstored)
}

func (a *Alarms) findOrLog(ctx context.Context) {
	err := a.find(ctx)
	if err == nil {
		err = a.DB.Troubles().Prune(ctx, a.Now().Add(-keepResolved))
	}
	if err != nil && ctx.Err() == nil {
		a.Log.Warn("troubles cannot be looked for, retrying", "error", err)
	}
}

// find looks for troubles in what is stored.
func (a *Alarms) find(ctx context.Context) error {
	open, err := a.DB.Troubles().Open(ctx)
	if err != nil {
		return err
	}
	var list []bantin.Trouble
	for _, look := range []func(context.Context, []bantin.Trouble) ([]bantin.Trouble, error){
		a.heldEditions, a.lateEditions, a.relayAway, a.failingSources, a.failingTasks, a.oldBackup, a.manySignUps, a.badCheckups,
	} {
		found, err := look(ctx, open)
		if err != nil {
			return err
		}
		list = append(list, found...)
	}
	return a.DB.Troubles().Found(ctx, list)
}
