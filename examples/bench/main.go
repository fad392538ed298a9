// Command bench measures how long sigmac and three other Go libraries need to
// match a stream of events with SigmaHQ's rules for Windows, in one run, each
// library used as its documentation says. It is a module of its own, so that
// who imports sigmac does not inherit the other libraries. README.md says what
// it compares, and what it found.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		if errors.Is(err, errUsage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

var errUsage = errors.New("wrong usage")

// options are the flags.
type options struct {
	rules  string
	events int
	seed   int64
	budget time.Duration
	peers  string
	json   bool
	curve  bool
}

func run(args []string, out, log io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&o.rules, "rules", "", "a `folder` with SigmaHQ's repository: rules and regression_data (default: shared/corpus/sigmahq beside the clone)")
	flags.IntVar(&o.events, "events", 200_000, "how many events the stream has")
	flags.Int64Var(&o.seed, "seed", 1, "the seed of the stream")
	flags.DurationVar(&o.budget, "budget", 10*time.Second, "how long one measurement may take at most; slow libraries see the beginning of the stream only")
	flags.StringVar(&o.peers, "peers", "all", "the other libraries to measure, joined by commas: "+peerNames()+", all or none")
	flags.BoolVar(&o.json, "json", false, "print JSON, an object a line, instead of a table")
	flags.BoolVar(&o.curve, "curve", false, "measure sigmac with 100 to 30,000 rules instead")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil || flags.NArg() > 0 || o.events < 1 || o.budget <= 0 {
		return errUsage
	}
	list, err := contenders(o.peers)
	if err != nil {
		return err
	}
	if o.rules == "" {
		if o.rules, err = findRules(); err != nil {
			return err
		}
	}
	set, err := loadRules(o.rules)
	if err != nil {
		return err
	}
	events, err := makeEvents(filepath.Join(o.rules, "regression_data"), o.events, o.seed)
	if err != nil {
		return err
	}
	fmt.Fprintf(log, "%d rules for Windows, %d events of %d bytes of JSON\n", len(set.paths), len(events), meanSize(events))
	if o.curve {
		return curve(set, events, &o, out, log)
	}
	return compare(list, set, events, &o, out, log)
}

// findRules looks for SigmaHQ's rules beside the clone.
func findRules() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, "shared", "corpus", "sigmahq")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("there is no shared/corpus/sigmahq beside the clone: name a clone of github.com/SigmaHQ/sigma with -rules")
		}
		dir = parent
	}
}
