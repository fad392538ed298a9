package engines

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A driver is a process that speaks for an engine. It greets with its version,
// {"version":"..."}, and answers these requests, each a line, in turn:
//
//	{"op":"load", ...}              {"error":"..."}, "" where it worked
//	{"op":"run","query":"..."}      {"ids":[1,2],"refused":"..."}
//	{"op":"check","query":"..."}    {"says":"..."}
//	{"op":"dsl","query":"..."}      {"dsl":{...},"refused":"..."}
type driver struct{ command func() *exec.Cmd }

// nodeCommand returns the command that runs a driver in JavaScript.
func nodeCommand(c component, script string) *exec.Cmd {
	cmd := exec.Command("node", "--max-old-space-size=2048", "--stack-size=3900", filepath.Join(source(), script))
	cmd.Env = append(os.Environ(), "NODE_PATH="+c.path("node_modules"))
	return cmd
}

// pythonCommand returns the command that runs a driver in Python: with the
// packages of the component and the drivers' common module, and without those
// of the user.
func pythonCommand(c component, script string) *exec.Cmd {
	drivers := filepath.Join(source(), "python")
	cmd := exec.Command("python3", "-s", "-B", filepath.Join(drivers, script))
	cmd.Env = append(os.Environ(), "PYTHONPATH="+c.path("packages"), "PYTHONHASHSEED=0", "PYTHONUTF8=1")
	return cmd
}

// lines is a driver that is restarted, with what it had loaded, where it died.
type lines struct {
	name    string
	driver  driver
	rows    func(Table, []Event) (any, error)
	mu      sync.Mutex
	child   *child
	version string
	loaded  any
	limit   time.Duration // for one query
}

// newLines starts an engine that is a driver.
func newLines(name string, d driver, rows func(Table, []Event) (any, error)) (*lines, error) {
	l := &lines{name: name, driver: d, rows: rows, limit: QueryLimit}
	return l, l.start()
}

func (l *lines) Name() string    { return l.name }
func (l *lines) Version() string { return l.version }

// start starts the driver and loads what was loaded.
func (l *lines) start() error {
	var hello struct{ Version string }
	c, err := startChild(l.driver.command(), &hello)
	if err != nil {
		return err
	}
	l.child, l.version = c, hello.Version
	return l.reload()
}

// reload tells the driver what was loaded.
func (l *lines) reload() error {
	if l.loaded == nil {
		return nil
	}
	var answer struct{ Error string }
	if err := l.child.ask(loadLimit, l.loaded, &answer); err != nil {
		l.child = nil
		return fmt.Errorf("%s does not load: %w", l.name, err)
	}
	if answer.Error != "" {
		return fmt.Errorf("%s does not load: %s", l.name, answer.Error)
	}
	return nil
}

// Load implements Engine.
func (l *lines) Load(t Table, events []Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	request, err := l.rows(t, events)
	if err != nil {
		return err
	}
	l.loaded = request
	if l.child == nil {
		return l.start()
	}
	return l.reload()
}

// A reply is what a driver may answer about a query.
type reply struct {
	IDs     []int
	Refused string
	Says    string
	DSL     json.RawMessage
}

// ask asks about a query. Where the driver hangs or dies, refused says so, and
// the next question goes to a new one.
func (l *lines) ask(op, query string) (r reply, err error) {
	if l.child == nil {
		if err := l.start(); err != nil {
			return r, err
		}
	}
	request := map[string]string{"op": op, "query": query}
	err = l.child.ask(l.limit, request, &r)
	if err == nil {
		return r, nil
	}
	l.child = nil
	if errors.Is(err, errTimeout) {
		err = fmt.Errorf("no answer within %v", l.limit)
	}
	return reply{Refused: err.Error(), Says: err.Error()}, nil
}

// each asks about each query.
func (l *lines) each(op string, queries []string, take func(i int, r reply)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, q := range queries {
		r, err := l.ask(op, q)
		if err != nil {
			return err
		}
		take(i, r)
	}
	return nil
}

// Run implements Engine.
func (l *lines) Run(queries []string) ([]Answer, error) {
	answers := make([]Answer, len(queries))
	err := l.each("run", queries, func(i int, r reply) {
		slices.Sort(r.IDs)
		answers[i] = Answer{r.IDs, r.Refused}
	})
	return answers, err
}

// Check implements Engine.
func (l *lines) Check(queries []string) ([]string, error) {
	says := make([]string, len(queries))
	err := l.each("check", queries, func(i int, r reply) { says[i] = r.Says })
	return says, err
}

// Close implements Engine.
func (l *lines) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.child != nil {
		l.child.stop()
		l.child = nil
	}
	return nil
}
