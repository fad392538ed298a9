package stream

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// An Event is one event of the stream, with what a collector knows of it
// without looking into it.
type Event struct {
	JSON    []byte // an object on one line
	Channel string
	ID      int
	Attack  string // the name of the recorded attack that it is, or ""
}

// A Generator makes a stream of events. The same seed and attacks make the
// same stream. One goroutine may use it.
type Generator struct {
	r         *rand.Rand
	catalog   *catalog
	attacks   []*Attack
	familiar  []*Attack // those with a program that has ordinary work, too
	machines  []*machine
	hashes    map[string]string
	addresses map[string][]string
	now       time.Time
	fields    []field
}

// A field is one of an event that is being made.
type field struct {
	name, value string
	number      bool
}

// New returns a generator. Without attacks all events are ordinary.
func New(attacks []*Attack, seed int64) *Generator {
	g := &Generator{r: rand.New(rand.NewPCG(uint64(seed), 1)), catalog: theCatalog(), attacks: attacks,
		hashes: map[string]string{}, addresses: map[string][]string{}, now: time.Date(2025, 11, 27, 7, 0, 0, 0, time.UTC)}
	for _, a := range attacks {
		if a.familiar() {
			g.familiar = append(g.familiar, a)
		}
	}
	for i := range fleet {
		g.machines = append(g.machines, g.newMachine(i))
	}
	return g
}

// Next makes the next event.
func (g *Generator) Next() Event {
	g.now = g.now.Add(time.Duration(g.r.ExpFloat64() * float64(20*time.Millisecond)))
	u := g.r.Float64()
	m := g.machines[int(u*u*fleet*0.6+u*fleet*0.4)]
	g.fields = g.fields[:0]
	var e Event
	if len(g.attacks) > 0 && g.r.IntN(20) == 0 {
		a := g.attacks[g.r.IntN(len(g.attacks))]
		e.Attack = a.Name
		e.Channel, e.ID = g.again(m, a)
	} else {
		e.Channel, e.ID = g.ordinary(m)
	}
	e.JSON = g.write()
	return e
}

// write returns the fields as a JSON object.
func (g *Generator) write() []byte {
	b := make([]byte, 0, 1024)
	for i, f := range g.fields {
		b = append(b, "{,"[min(i, 1)])
		b = append(jsontext.AppendString(b, f.name), ':')
		if f.number {
			b = append(b, f.value...)
		} else {
			b = jsontext.AppendString(b, f.value)
		}
	}
	return append(b, '}')
}

// add adds fields, given as names and values.
func (g *Generator) add(fields ...string) {
	for i := 0; i < len(fields); i += 2 {
		g.fields = append(g.fields, field{name: fields[i], value: fields[i+1]})
	}
}

func (g *Generator) number(name string, n int) {
	g.fields = append(g.fields, field{name, strconv.Itoa(n), true})
}

// utc is the time as Sysmon writes it, xml as the event's System part does.
func (g *Generator) utc() string { return g.now.Format("2006-01-02 15:04:05.000") }
func (g *Generator) xml() string { return g.now.Format("2006-01-02T15:04:05.000000Z") }
