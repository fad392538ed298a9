package events

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

// read returns the events of a stream as text, a line each: the line, and the
// event or what is wrong.
func read(in io.Reader) (string, error) {
	r, err := NewReader(in)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var out strings.Builder
	var d Decoder
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		d.Each(b, func(e *Event) {
			fmt.Fprintf(&out, "%d %s\n", e.Line, e.AppendJSON(nil))
		}, func(p Problem) {
			fmt.Fprintf(&out, "%d:%d bad: %s\n", p.Line, p.Col, p.Msg)
		})
	}
}

// noBrace is the message of what is no object at all.
const noBrace = "bad: the event is not a JSON object: there is no '{'\n"

// streams are texts and what is to be read from them.
var streams = []struct{ name, in, want string }{
	{"empty", "", ""},
	{"blank", "\n \n\n", ""},
	{"lines", "{\"a\":1}\n{\"a\":2}\n", "1 {\"a\":1}\n2 {\"a\":2}\n"},
	{"no line break at the end", "{\"a\":1}\n{\"a\":2}", "1 {\"a\":1}\n2 {\"a\":2}\n"},
	{"CRLF and blank lines", "{\"a\":1}\r\n\r\n  {\"a\":2}\r\n", "1 {\"a\":1}\n3 {\"a\":2}\n"},
	{"mark", "\ufeff{\"a\":1}\n{\"a\":2}", "1 {\"a\":1}\n2 {\"a\":2}\n"},
	{"concatenated", `{"a":1}{"a":2} {"a":3}`, "1 {\"a\":1}\n1 {\"a\":2}\n1 {\"a\":3}\n"},
	{"bad line", "{\"a\":1}\nnope\n{\"a\":2}", "1 {\"a\":1}\n2:1 " + noBrace + "3 {\"a\":2}\n"},
	{"bad first line", "nope\n{\"a\":2}", "1:1 " + noBrace + "2 {\"a\":2}\n"},
	{"bad first line with a comma", "no, pe\n{\"a\":2}", "1:1 " + noBrace + "2 {\"a\":2}\n"},
	{"cut line", "{\"a\":\n{\"a\":2}\n", "1:6 bad: the event is not a JSON object: it ends before a value\n2 {\"a\":2}\n"},
	{"cut first line", "{\"a\":\"x\n{\"a\":2}\n", "1:8 bad: the event is not a JSON object: it ends in a string\n2 {\"a\":2}\n"},
	{"cut later", "{\"a\":1}\n{\"a\":\"é\n{\"a\":2}", "1 {\"a\":1}\n2:8 bad: the event is not a JSON object: it ends in a string\n3 {\"a\":2}\n"},
	{"lists on lines", "{\"a\":0}\n[{\"a\":1},{\"a\":2}]\n", "1 {\"a\":0}\n2 {\"a\":1}\n2 {\"a\":2}\n"},
	{"a list", "[{\"a\":1}, {\"a\":2}]", "1 {\"a\":1}\n1 {\"a\":2}\n"},
	{"a list on lines", "[\n{\"a\":1},\n{\"a\":{\"b\":[2]}}\n]\n", "2 {\"a\":1}\n3 {\"a\":{\"b\":[2]}}\n"},
	{"two lists", "[{\"a\":1}]\n[{\"a\":2}]", "1 {\"a\":1}\n2 {\"a\":2}\n"},
	{"an empty list", "[]", ""},
	{"no objects in a list", "[1,\n{\"a\":1}]", "1:0 " + noBrace + "2 {\"a\":1}\n"},
	{"no comma in a list", "[{\"a\":1}\n{\"a\":2}\n,{\"a\":3}]", "1 {\"a\":1}\n2:0 bad: two objects of the list have no comma between them\n2 {\"a\":2}\n3 {\"a\":3}\n"},
	{"pretty", "{\n  \"a\": 1\n}\n{\n  \"a\": \"}{\"\n}", "1 {\"a\":1}\n4 {\"a\":\"}{\"}\n"},
	{"pretty, without indentation", "{\n\"a\":\n[\n{\n\"b\":1\n}\n,\n{\n}\n]\n}", "1 {\"a\":[{\"b\":1},{}]}\n"},
	{"pretty, cut", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n{\n  \"a\": 3\n}\n", "1 {\"a\":1}\n6:1 bad: the event is not a JSON object: it ends in the middle\n6 {\"a\":3}\n"},
	{"pretty, wrong", "{\n  \"a\": 1\n}\nx\n{\n  \"a\" 3\n}\n{}", "1 {\"a\":1}\n4:0 " + noBrace + "6:7 bad: the event is not a JSON object: there is no colon behind the name\n8 {}\n"},
	{"escapes", "{\"a\":\"\\\\\"}{\"b\":\"\\\"}\"}\n", "1 {\"a\":\"\\\\\"}\n1 {\"b\":\"\\\"}\"}\n"},
	{"bytes that are not UTF-8", "{\"a\":\"\xff\"}", "1 {\"a\":\"\ufffd\"}\n"},
	{"CSV", "a,b\n1,2\n3,4\n", "2 {\"a\":\"1\",\"b\":\"2\"}\n3 {\"a\":\"3\",\"b\":\"4\"}\n"},
	{"CSV, CRLF, mark, nothing at the end", "\ufeffa,b\r\n1,\r\n,4", "2 {\"a\":\"1\",\"b\":\"\"}\n3 {\"a\":\"\",\"b\":\"4\"}\n"},
	{"CSV, semicolons", "a;b\n1,5;2\n", "2 {\"a\":\"1,5\",\"b\":\"2\"}\n"},
	{"CSV, tabs", "a\tb\n1\t2\n", "2 {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"CSV, quotes", "\"a\",b\n\"x\"\"y\n\"\"z\",\"2\"\n3,4\"5\n", "2 {\"a\":\"x\\\"y\\n\\\"z\",\"b\":\"2\"}\n4 {\"a\":\"3\",\"b\":\"4\\\"5\"}\n"},
	{"CSV, wrong lines", "a,b\n1\n\"2\"x,3\n4,5\n", "2:0 bad: the line and the header have 1 and 2 fields\n3:0 bad: there is text behind a closing quote\n4 {\"a\":\"4\",\"b\":\"5\"}\n"},
	{"CSV, open quote", "a,b\n1,2\n\"3,4\n5,6\n", "2 {\"a\":\"1\",\"b\":\"2\"}\n3:0 bad: a quote is not closed\n"},
	{"CSV, header over two lines", "\"a\nb\",c\n1,2", "3 {\"a\\nb\":\"1\",\"c\":\"2\"}\n"},
	{"CSV, header alone", "a,b", ""},
}

// TestStreams reads each stream as it is, a byte and half a buffer at a time,
// and compressed: the events are the same.
func TestStreams(t *testing.T) {
	for _, c := range streams {
		for how, in := range map[string]io.Reader{
			"as it is": strings.NewReader(c.in),
			"bytes":    iotest.OneByteReader(strings.NewReader(c.in)),
			"halves":   iotest.HalfReader(strings.NewReader(c.in)),
			"at once":  iotest.DataErrReader(strings.NewReader(c.in)),
			"gzip":     packed(t, c.in, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }),
			"zstd":     packed(t, c.in, func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }),
		} {
			if got, err := read(in); err != nil || got != c.want {
				t.Errorf("%s, %s: error %v,\n%swant\n%s", c.name, how, err, got, c.want)
			}
		}
	}
}

func packed(t *testing.T, text string, pack func(io.Writer) io.WriteCloser) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := pack(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

// TestLong reads streams that do not fit into one batch.
func TestLong(t *testing.T) {
	filler := strings.Repeat("x", 3000)
	for _, form := range []struct{ name, before, between, after string }{
		{"lines", "", "\n", "\n"},
		{"list", "[", ",\n", "]"},
		{"pretty", "", "\n\n", ""},
	} {
		var in, want strings.Builder
		in.WriteString(form.before)
		for i := range 1000 {
			if i > 0 {
				in.WriteString(form.between)
			}
			event := fmt.Sprintf(`{"n":%d,"x":"%s"}`, i, filler[:i*3])
			fmt.Fprintf(&in, "%s", event)
			fmt.Fprintf(&want, "%d %s\n", 1+i*strings.Count(form.between, "\n"), event)
		}
		in.WriteString(form.after)
		if got, err := read(strings.NewReader(in.String())); err != nil || got != want.String() {
			t.Errorf("%s: error %v, %d bytes, want %d", form.name, err, len(got), want.Len())
		}
	}
}

// TestTooLong leaves out what is longer than MaxRecord, and goes on behind it.
func TestTooLong(t *testing.T) {
	for _, c := range []struct{ name, before, begin, end, after, want string }{
		{"line", "{\"a\":1}\n", `{"a":"`, "\"}\n", "{\"a\":2}\n", "1 {\"a\":1}\n2:0 bad: " + tooLong + "\n3 {\"a\":2}\n"},
		{"last line", "{\"a\":1}\n", `{"a":"`, "\"}", "", "1 {\"a\":1}\n2:0 bad: " + tooLong + "\n"},
		{"document", "{\n\"a\":1}\n", "{\n\"a\":\"", "\"\n}\n", "{\"a\":2}", "1 {\"a\":1}\n3:0 bad: " + tooLong + ", with all up to the next line that begins with '{'\n6 {\"a\":2}\n"},
		{"CSV", "a,b\n1,2\n", `3,"`, "\"\n", "5,6\n", "2 {\"a\":\"1\",\"b\":\"2\"}\n3:0 bad: " + tooLong + "\n4 {\"a\":\"5\",\"b\":\"6\"}\n"},
	} {
		in := io.MultiReader(strings.NewReader(c.before+c.begin), io.LimitReader(endless('x'), 70<<20), strings.NewReader(c.end+c.after))
		got, err := read(in)
		if err != nil || got != c.want {
			t.Errorf("%s: error %v, %q, want %q", c.name, err, got, c.want)
		}
	}
}

// endless is a stream of one byte.
type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

// TestUnreadable has the streams that cannot be read at all.
func TestUnreadable(t *testing.T) {
	for in, want := range map[string]string{
		"\xff\xfe{\x00":                     "the text is UTF-16",
		"<Event/>":                          "XML is not read",
		"ab\x00c":                           "neither JSON, CSV nor EVTX",
		"\x1f\x8bxx":                        "cannot decompress gzip",
		"\x28\xb5\x2f\xfdxxxxxxxx":          "",
		"ElfFile\x00":                       "the header of the event log is cut off",
		"a,\"b\n":                           "the header of the CSV text cannot be read",
		"a,\"" + strings.Repeat("b", 1<<20): "the header of the CSV text is too long",
	} {
		if got, err := read(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) || got != "" {
			t.Errorf("%.20q: error %v, want %q; %.100s", in, err, want, got)
		}
	}
}

// TestBrokenOff reads a stream that ends with an error: what came before it
// counts.
func TestBrokenOff(t *testing.T) {
	all, err := io.ReadAll(packed(t, strings.Repeat("{\"a\":1}\n", 100_000), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }))
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(bytes.NewReader(all[:len(all)/2]))
	if err == nil || strings.Count(got, "{\"a\":1}") < 1000 {
		t.Errorf("error %v, %d bytes", err, len(got))
	}
}

// TestSlow reads a stream whose writer waits until the event that it wrote was
// seen.
func TestSlow(t *testing.T) {
	in, out := io.Pipe()
	go func() { _, _ = out.Write([]byte("{\"a\":1}\n{\"a\":")) }()
	r, err := NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		b, err := r.Next()
		if err != nil || len(b.spans) != 1 {
			t.Fatalf("event %d: error %v", i, err)
		}
		go func() { _, _ = out.Write([]byte("2}\n{\"a\":")) }()
	}
	in.Close()
}

// FuzzSplit finds the same events in a text whether it comes at once or bit by
// bit.
func FuzzSplit(f *testing.F) {
	for _, c := range streams {
		f.Add([]byte(c.in), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		_, _ = read(bytes.NewReader(in)) // must not panic or hang
		if len(in) > 1000 {
			return // bit by bit is quadratic here
		}
		for name, start := range map[string]func() splitter{
			"lines":     func() splitter { return &lines{at: 1} },
			"documents": func() splitter { return &documents{at: 1} },
			"records":   func() splitter { return &records{at: 1, comma: ','} },
		} {
			want, n := start().split(in, true, nil)
			if n != len(in) {
				t.Errorf("%s: %d bytes of %d are read", name, n, len(in))
			}
			if got := splitBy(start(), in, int(step)+1); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v by %d, %v at once", name, got, step, want)
			}
		}
	})
}

// splitBy gives a splitter some more bytes at a time.
func splitBy(s splitter, in []byte, step int) (all []span) {
	from := 0
	for to := 0; to < len(in) || len(in) == 0; {
		to = min(to+step, len(in))
		spans, n := s.split(in[from:to], to == len(in), nil)
		for _, one := range spans {
			one.from, one.to = one.from+from*min(one.to, 1), one.to+from*min(one.to, 1)
			all = append(all, one)
		}
		if from += n; len(in) == 0 {
			break
		}
	}
	return all
}
