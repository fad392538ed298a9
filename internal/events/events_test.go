package events

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

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
	{"no comma in a list", "[{\"a\":1}\n{\"a\":2}\n,{\"a\":3}]", "1 {\"a\":1}\n2:0 bad: two values of the list have no comma between them\n2 {\"a\":2}\n3 {\"a\":3}\n"},
	{"pretty", "{\n  \"a\": 1\n}\n{\n  \"a\": \"}{\"\n}", "1 {\"a\":1}\n4 {\"a\":\"}{\"}\n"},
	{"pretty, without indentation", "{\n\"a\":\n[\n{\n\"b\":1\n}\n,\n{\n}\n]\n}", "1 {\"a\":[{\"b\":1},{}]}\n"},
	{"pretty, cut", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n{\n  \"a\": 3\n}\n", "1 {\"a\":1}\n6:1 bad: the event is not a JSON object: it ends in the middle\n6 {\"a\":3}\n"},
	{"pretty, wrong", "{\n  \"a\": 1\n}\nx\n{\n  \"a\" 3\n}\n{}", "1 {\"a\":1}\n4:0 " + noBrace + "6:7 bad: the event is not a JSON object: there is no colon behind the name\n8 {}\n"},
	{"escapes", "{\"a\":\"\\\\\"}{\"b\":\"\\\"}\"}\n", "1 {\"a\":\"\\\\\"}\n1 {\"b\":\"\\\"}\"}\n"},
	{"bytes that are not UTF-8", "{\"a\":\"\xff\"}", "1 {\"a\":\"\ufffd\"}\n"},
	{"lists of lists", "[[{\"a\":1}, {\"a\":2}],\n[[{\"a\":3}],[]]]", "1 {\"a\":1}\n1 {\"a\":2}\n2 {\"a\":3}\n"},
	{"other things in lists", "[[1,\"x],{\",null] , {\"a\":1} \"y\" {\"a\":2},[true]]", "1:0 " + noBrace + "1:0 " + noBrace + "1:0 " + noBrace + "1 {\"a\":1}\n1:0 " + noBrace + "1 {\"a\":2}\n1:0 " + noBrace},
	{"list without end", "[\n{\"a\":1},\n", "2 {\"a\":1}\n1:0 bad: the list that begins here has no end\n"},
	{"list without end on a line", "{\"a\":1}\n[{\"a\":2}\n{\"a\":3}\n", "1 {\"a\":1}\n2 {\"a\":2}\n2:0 bad: the list that begins here has no end\n3 {\"a\":3}\n"},
	{"two commas", "[{\"a\":1},,{\"a\":2},]", "1 {\"a\":1}\n1:0 " + noBrace + "1 {\"a\":2}\n"},
	{"closed too often", "[{\"a\":1}]]\n{\"a\":2}", "1 {\"a\":1}\n1:0 " + noBrace + "2 {\"a\":2}\n"},
	{"numbers alone", "5\n6\n", "1:1 " + noBrace + "2:1 " + noBrace},
	{"NUL", "{\"a\":1}\n\x00{\"a\":2}\n{\"a\":3}\n", "1 {\"a\":1}\n2:1 " + noBrace + "3 {\"a\":3}\n"},
	{"CSV, names that stand twice", "a,b,a\n1,2,3", "2 {\"a\":[\"1\",\"3\"],\"b\":\"2\"}\n"},
	{"CSV, separator told", "sep=|\r\na|b\r\n1|2,3\r\n", "3 {\"a\":\"1\",\"b\":\"2,3\"}\n"},
	{"CSV, separator alone", "sep=;\n", "error: the CSV text has no header"},
	{"CSV, blank lines before", "\n\r\na;b\n1;2\n", "4 {\"a\":\"1\",\"b\":\"2\"}\n"},
	{"CSV of numbers", "1,2\n3,4", "2 {\"1\":\"3\",\"2\":\"4\"}\n"},
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
			"zstd":     packed(t, c.in, zstdWriter),
			"layers":   packed(t, read1(t, packed(t, c.in, zstdWriter)), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }),
			"UTF-16":   strings.NewReader(wide(c.in, "\ufeff", binary.LittleEndian)),
			"UTF-16BE": strings.NewReader(wide(c.in, "\ufeff", binary.BigEndian)),
		} {
			got, err := read(in)
			if err != nil {
				got += "error: " + err.Error()
			}
			if got != c.want {
				t.Errorf("%s, %s:\n%swant\n%s", c.name, how, got, c.want)
			}
		}
	}
}

func zstdWriter(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w)
	if err != nil {
		panic(err)
	}
	return z
}

func read1(t *testing.T, in io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// wide returns a text as UTF-16 with a mark, unless it has one.
func wide(text, mark string, order binary.AppendByteOrder) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(mark + strings.TrimPrefix(text, mark))) {
		b = order.AppendUint16(b, c)
	}
	return string(b)
}

// TestUTF16 reads JSON without a mark, and what is not UTF-16 inside.
func TestUTF16(t *testing.T) {
	for in, want := range map[string]string{
		wide("{\"a\":\"é\"}\n{}", "", binary.LittleEndian):             "1 {\"a\":\"é\"}\n2 {}\n",
		wide("[{\"a\":1}]", "", binary.BigEndian):                      "1 {\"a\":1}\n",
		"\xff\xfe{\x00\"\x00a\x00\"\x00:\x00\"\x00\x00\xd8\"\x00}\x00": "1 {\"a\":\"\ufffd\"}\n",
		"\xff\xfe{\x00}\x00\n":                                         "1 {}\n1:0 " + noBrace,
		"\xff\xfe":                                                     "",
	} {
		if got, err := read(strings.NewReader(in)); err != nil || got != want {
			t.Errorf("%q: %v, %q, want %q", in, err, got, want)
		}
	}
}

// TestLayers reads streams that are compressed several times.
func TestLayers(t *testing.T) {
	text := "{\"a\":1}\n"
	for n := 1; n <= 5; n++ {
		text = read1(t, packed(t, text, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }))
		got, err := read(strings.NewReader(text))
		if n <= 3 && (err != nil || got != "1 {\"a\":1}\n") || n > 3 && (err == nil || !strings.Contains(err.Error(), "compressed more than 3 times")) {
			t.Errorf("%d times: %v, %q", n, err, got)
		}
	}
	skipped := "\x51\x2a\x4d\x18\x03\x00\x00\x00abc" + read1(t, packed(t, "{\"a\":2}", zstdWriter))
	if got, err := read(strings.NewReader(skipped)); err != nil || got != "1 {\"a\":2}\n" {
		t.Errorf("a frame that is skipped: %v, %q", err, got)
	}
}

// TestCutSoon reads short compressed streams that end too soon: what could be
// decompressed counts.
func TestCutSoon(t *testing.T) {
	for name, writer := range map[string]func(io.Writer) io.WriteCloser{"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, "zstd": zstdWriter} {
		var b bytes.Buffer
		w := writer(&b)
		if _, err := io.WriteString(w, "{\"a\":1}\n{\"a\":2}\n"); err != nil {
			t.Fatal(err)
		}
		if err := w.(interface{ Flush() error }).Flush(); err != nil {
			t.Fatal(err)
		}
		got, err := read(&b)
		if err == nil || got != "1 {\"a\":1}\n2 {\"a\":2}\n" {
			t.Errorf("%s: %v, %q", name, err, got)
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
		{"concatenated", "", "", ""},
		{"list on a line", "[", ",", "]\n"},
		{"pretty", "", "\n\n", ""},
	} {
		var in, want strings.Builder
		in.WriteString(form.before)
		for i := range 12_000 {
			if i > 0 {
				in.WriteString(form.between)
			}
			event := fmt.Sprintf(`{"n":%d,"x":"%s"}`, i, filler[:i%1000*3])
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
		"PK\x03\x04x":                       "this is a zip archive",
		"\xfd7zXZ\x00":                      "compressed by xz or bzip2: decompress it first",
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
