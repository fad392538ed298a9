package main

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
)

// compileCorrelation compiles the correlation for the target, which is the i-th.
func (d *document) compileCorrelation(i int, t *target) (*backends.Result, error) {
	result, err := t.Correlation(d.correlation)
	if err != nil || d.verify == nil {
		return result, err
	}
	return result, d.verifyParts(i, t)
}

// verifyParts compares the rules of the correlation with the queries that they
// have by themselves. What the correlation makes of these, no reader knows: that
// is a warning, which says what was compared.
func (d *document) verifyParts(i int, t *target) error {
	d.checked, d.doubts = nil, nil
	parts, err := t.Parts(d.correlation)
	if err != nil {
		return err
	}
	compared, events := 0, 0
	var errs sigma.ErrorList
	for _, p := range parts {
		report, err := d.compare(t, p.Rule, p.Result)
		switch {
		case err != nil:
			return err
		case report == nil:
			continue
		case report.Unread == nil:
			compared++
			events += len(report.Events)
		}
		errs = append(errs, sigma.Errors(d.judge(i, t, report))...)
	}
	if len(errs) > 0 {
		return errs
	}
	done := fmt.Sprintf("of its %s each was compared with the query that it has by itself, with %s", count(len(parts), "rule", "rules"), count(events, "event", "events"))
	switch {
	case compared == 0:
		done = "none of its rules could be compared either"
	case compared < len(parts):
		done = fmt.Sprintf("of its %d rules %d could be compared with the queries that they have by themselves, with %s", len(parts), compared, count(events, "event", "events"))
	case len(parts) == 1:
		done = "its rule was compared with the query that it has by itself, with " + count(events, "event", "events")
	}
	d.doubt(t, &sigma.Error{Pos: d.doc.Metadata().Pos, Code: sigma.NotVerified,
		Msg: "the query could not be compared with the correlation, since there is no reader for queries of correlations; " + done})
	return nil
}
