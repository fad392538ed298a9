package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// options are the flags.
type options struct {
	shared string // the folder of rules, events and recorded queries
	out    string
	step   int // every so many rules
}

func main() {
	var o options
	flag.StringVar(&o.shared, "shared", "../shared", "the `folder` with SigmaHQ's rules and pySigma's recorded queries")
	flag.StringVar(&o.out, "o", "docs/scoreboard.md", "the `file` to write")
	flag.IntVar(&o.step, "step", 1, "take every `n`-th rule only, to try it out")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "scoreboard:", err)
		os.Exit(1)
	}
}

// run measures and writes the board.
func run(o options) error {
	if o.step < 1 {
		return fmt.Errorf("-step must be 1 or more, not %d", o.step)
	}
	bd := &board{versions: readVersions(o.shared, time.Now()), step: o.step}
	rules, err := readCorpus(filepath.Join(o.shared, "corpus", "sigmahq"), o.step)
	if err != nil {
		return err
	}
	reg, err := readRegression(filepath.Join(o.shared, "corpus", "sigmahq", "regression_data"), rules)
	if err != nil {
		return err
	}
	bd.rules, bd.events, bd.withEvents = len(rules), len(reg.events), len(reg.matches)
	for _, c := range conversions {
		b, err := load(o.shared, c, rules)
		if err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
		bd.batches = append(bd.batches, b)
	}
	if err := measure(bd.batches, reg); err != nil {
		return err
	}
	return os.WriteFile(o.out, []byte(bd.render()), 0o644)
}

// load converts the rules and reads what was recorded.
func load(shared string, c conversion, rules []*corpusRule) (*batch, error) {
	var theirs map[string]*recorded
	if c.recorded != "" {
		var err error
		theirs, err = readRecorded(filepath.Join(shared, "oracle", "pysigma", c.recorded+".jsonl.gz"))
		if err != nil {
			return nil, err
		}
	}
	return convert(c, rules, theirs)
}

// measure takes all measures of all batches.
func measure(batches []*batch, reg *regression) error {
	err := stage("recorded events, read back", func() error {
		return each(batches, reg.compareRecorded)
	})
	if err == nil {
		err = stage("synthesised events", func() error { return compareMade(batches) })
	}
	if err != nil {
		return err
	}
	return measureOnEngines(batches, reg)
}

// measureOnEngines takes the measures that need engines. Several of them share
// one server, which is held as long.
func measureOnEngines(batches []*batch, reg *regression) error {
	server, why, err := open("opensearch")
	if err != nil {
		return err
	}
	if why == "" {
		defer func() { _ = server.Close() }() // it has answered
	}
	if err := stage("parsers", func() error { return each(batches, (*batch).accept) }); err != nil {
		return err
	}
	return stage("recorded events, on engines", func() error { return each(batches, reg.play) })
}

// stage does a part of the work and says on standard error how long it took.
func stage(name string, do func() error) error {
	begin := time.Now()
	err := do()
	fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(begin).Seconds(), name)
	return err
}

// each does something with each batch, on all cores, and returns the first
// error in their order.
func each(batches []*batch, do func(*batch) error) error {
	errs := make([]error, len(batches))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for i, b := range batches {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			begin := time.Now()
			errs[i] = do(b)
			if d := time.Since(begin); d > 5*time.Second {
				fmt.Fprintf(os.Stderr, "%6.1f s    %s\n", d.Seconds(), b)
			}
		})
	}
	group.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", batches[i], err)
		}
	}
	return nil
}
