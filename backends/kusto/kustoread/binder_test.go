package kustoread

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// binderColumns are the columns of the tables that testdata/binder.js has.
var binderColumns = map[string]schema.Type{
	"S": schema.Keyword, "S2": schema.Keyword, "Z": schema.Keyword, "I": schema.Int, "L": schema.Int, "R": schema.Float,
	"E": schema.Float, "B": schema.Bool, "B2": schema.Bool, "T": schema.Time, "G": schema.GUID, "D": schema.Dynamic,
}

// TestBinder compares what is refused with what Microsoft's language service
// refuses, over random queries of which many are wrong; testdata/binder.js
// recorded its answers. Whatever it accepts may still be one that is not read.
func TestBinder(t *testing.T) {
	f, err := os.Open("testdata/binder.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	o := readback.Options{Column: func(name string) (schema.Column, bool) {
		c, ok := binderColumns[name]
		return schema.Column{Name: name, Type: c}, ok
	}}
	code := regexp.MustCompile(`KS\d+`)
	counts := make(map[string]int)
	s := bufio.NewScanner(z)
	for s.Scan() {
		var row struct {
			Query string
			Codes []string
		}
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		_, err := Read(row.Query, o)
		var e *readback.Error
		foreign := errors.As(err, &e) && e.Foreign
		switch {
		case slices.Equal(row.Codes, []string{"KS204"}): // a table that the service does not know
		case err == nil && len(row.Codes) == 0:
			counts["both accept"]++
		case foreign:
			counts["not read"]++
		case err != nil && len(row.Codes) > 0:
			counts["both refuse"]++
			if c := code.FindString(e.Msg); c != "" && slices.Contains(row.Codes, c) {
				counts["for the same reason"]++
			}
		default:
			t.Errorf("%s\n%v, the language service has %v", row.Query, err, row.Codes)
		}
	}
	t.Log(counts)
	if counts["both accept"] < 400 || counts["both refuse"] < 1000 || counts["for the same reason"] < 500 {
		t.Errorf("one-sided: %v", counts)
	}
}
