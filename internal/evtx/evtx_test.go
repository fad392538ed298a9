package evtx

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// readFile returns the events of a file.
func readFile(tb testing.TB, path string) (events []map[string]any) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := CheckHeader(data); err != nil {
		tb.Fatal(err)
	}
	var d Decoder
	for at := HeaderSize; at < len(data); at += ChunkSize {
		d.Chunk(data[at:min(at+ChunkSize, len(data))], func(_ uint64, text []byte) {
			var e map[string]any
			if err := json.Unmarshal(text, &e); err != nil {
				tb.Fatalf("%s: %v: %s", path, err, text)
			}
			events = append(events, e)
		}, func(n uint64, err error) { tb.Errorf("%s: record %d: %v", path, n, err) })
	}
	return events
}

// files returns the event logs of SigmaHQ's regression data.
func files(tb testing.TB) (paths []string) {
	tb.Helper()
	err := filepath.WalkDir(shared.Path(tb, "corpus", "sigmahq", "regression_data"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".evtx") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

// TestRegressionData compares each event with the JSON that lies beside it,
// which another reader made: GUIDs there have no braces and are upper case,
// times have fewer digits, and spaces at the end of values are lost.
func TestRegressionData(t *testing.T) {
	events := 0
	for _, path := range files(t) {
		f, err := os.Open(strings.TrimSuffix(path, ".evtx") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(f)
		for i, got := range readFile(t, path) {
			var want map[string]any
			if err := dec.Decode(&want); err != nil {
				t.Errorf("%s: event %d: %v", path, i, err)
				break
			}
			compare(t, path, "", normal(got), normal(want))
			events++
		}
		if dec.More() {
			t.Errorf("%s: the JSON has more events", path)
		}
		f.Close()
	}
	t.Logf("%d events", events)
}

// normal removes what the two readers write differently.
func normal(x any) any {
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			x[k] = normal(v)
		}
	case []any:
		for i := range x {
			x[i] = normal(x[i])
		}
	case string:
		x = strings.TrimRight(x, " ")
		if strings.HasPrefix(x, "{") && len(x) == 38 {
			x = strings.ToUpper(x[1:37])
		}
		if strings.HasSuffix(x, "Z") && len(x) > 20 && x[10] == 'T' {
			x = strings.TrimRight(x[:min(26, len(x)-1)], "0")
		}
		return x
	}
	return x
}

func compare(t *testing.T, path, name string, got, want any) {
	t.Helper()
	g, ok := got.(map[string]any)
	w, both := want.(map[string]any)
	if !ok || !both {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s is %#v, want %#v", filepath.Base(path), name, got, want)
		}
		return
	}
	for k := range w {
		compare(t, path, name+"."+k, g[k], w[k])
	}
	for k := range g {
		if _, ok := w[k]; !ok {
			t.Errorf("%s: %s.%s is %#v, want nothing", filepath.Base(path), name, k, g[k])
		}
	}
}

// TestDamage changes and cuts chunks: nothing may panic, take long, or give
// text that is not JSON.
func TestDamage(t *testing.T) {
	paths := files(t)
	r := rand.New(rand.NewSource(1))
	for i := range 3000 {
		data, err := os.ReadFile(paths[i%len(paths)])
		if err != nil {
			t.Fatal(err)
		}
		chunk := data[HeaderSize:min(len(data), HeaderSize+ChunkSize)]
		used := bytes.LastIndexByte(chunk, '*')
		for range 1 + r.Intn(20) {
			chunk[r.Intn(min(max(used, chunkHeader)+512, len(chunk)))] = byte(r.Intn(256))
		}
		if r.Intn(4) == 0 {
			chunk = chunk[:r.Intn(len(chunk))]
		}
		decode(t, chunk)
	}
}

// decode reads a chunk and checks what comes out of it.
func decode(tb testing.TB, chunk []byte) {
	tb.Helper()
	var d Decoder
	d.Chunk(chunk, func(_ uint64, text []byte) {
		if !json.Valid(text) {
			tb.Errorf("no JSON: %q", text)
		}
	}, func(uint64, error) {})
}

// TestReuse reads damaged chunks with one decoder after the other and with
// one for all: the events are the same.
func TestReuse(t *testing.T) {
	var all Decoder
	r := rand.New(rand.NewSource(2))
	for i := range 500 {
		chunk := build(values[i%len(values)].content)
		for range r.Intn(3) {
			chunk[r.Intn(2000)] = byte(r.Intn(256))
		}
		var texts [2]string
		for k, d := range []*Decoder{&all, {}} {
			d.Chunk(chunk, func(n uint64, text []byte) { texts[k] += fmt.Sprintf("%d: %s\n", n, text) }, func(n uint64, err error) { texts[k] += fmt.Sprintf("%d: %v\n", n, err) })
		}
		if texts[0] != texts[1] {
			t.Fatalf("%s, fresh %s", texts[0], texts[1])
		}
	}
}

// TestGoesOn reads on behind what is no record.
func TestGoesOn(t *testing.T) {
	one := func(n byte) []byte {
		c := build(func(w *builder) { w.open("E").value(fmt.Sprint(n)).close() })
		size := binary.LittleEndian.Uint32(c[chunkHeader+4:])
		record := bytes.Clone(c[chunkHeader : chunkHeader+size])
		copy(record[len(record)-4:], record[4:8])
		record[8] = n
		return record
	}
	records := [][]byte{one(1), one(2), one(3), one(4)}
	place := chunkHeader
	chunk := make([]byte, chunkHeader)
	copy(chunk, chunkMagic)
	for i, r := range records {
		binary.LittleEndian.PutUint32(r[recordHeader+4+7:], uint32(place+recordHeader+4+11)) // the name lies in the record
		place += len(r)
		switch i {
		case 1:
			r[4]++ // the size is wrong: the magic of the next one stands elsewhere
		case 2:
			r[0] = 'x'
		}
		chunk = append(chunk, r...)
	}
	chunk = append(chunk, make([]byte, ChunkSize-len(chunk))...)
	var d Decoder
	got := ""
	d.Chunk(chunk, func(n uint64, text []byte) { got += fmt.Sprintf("%d %s\n", n, text) }, func(n uint64, err error) { got += fmt.Sprintf("%d %v\n", n, err) })
	want := "1 {\"E\":\"1\"}\n2 {\"E\":\"2\"}\n0 there is something else where a record of the event log should begin\n4 {\"E\":\"4\"}\n"
	if got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	chunk[0] = 'x' // the header of the chunk is not needed
	got = ""
	d.Chunk(chunk, func(uint64, []byte) { got += "+" }, func(uint64, error) { got += "-" })
	if got != "-++-+" {
		t.Error(got)
	}
}

func FuzzChunk(f *testing.F) {
	for _, v := range values {
		f.Add(bytes.TrimRight(build(v.content), "\x00"))
	}
	f.Fuzz(func(t *testing.T, chunk []byte) {
		if len(chunk) > chunkHeader {
			copy(chunk, chunkMagic)
			copy(chunk[chunkHeader:], recordMagic)
		}
		decode(t, chunk)
	})
}

// A builder writes binary XML for tests.
type builder struct{ b []byte }

func (w *builder) bytes(b ...byte) *builder { w.b = append(w.b, b...); return w }
func (w *builder) u16(n int) *builder {
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(n))
	return w
}
func (w *builder) u32(n int) *builder {
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n))
	return w
}

// name writes the offset of a name and, behind it, the name.
func (w *builder) name(s string) *builder {
	w.u32(len(w.b) + 4).u32(0).u16(0).u16(len(s)).wide(s)
	return w.u16(0)
}

func (w *builder) wide(s string) *builder {
	for _, c := range utf16.Encode([]rune(s)) {
		w.u16(int(c))
	}
	return w
}

// open writes an element without attributes up to its content.
func (w *builder) open(name string) *builder {
	return w.bytes(elementToken).u16(0xffff).u32(0).name(name).bytes(closeStartToken)
}

func (w *builder) value(s string) *builder {
	return w.bytes(valueToken, stringType).u16(len(utf16.Encode([]rune(s)))).wide(s)
}

func (w *builder) close() *builder { return w.bytes(closeToken) }

// build returns a chunk with one record.
func build(content func(w *builder)) []byte {
	w := &builder{b: make([]byte, chunkHeader+recordHeader)}
	copy(w.b, chunkMagic)
	copy(w.b[chunkHeader:], recordMagic)
	w.bytes(fragmentToken, 1, 1, 0)
	if content != nil {
		content(w)
	}
	w.bytes(endToken).u32(0)
	binary.LittleEndian.PutUint32(w.b[chunkHeader+4:], uint32(len(w.b)-chunkHeader))
	binary.LittleEndian.PutUint64(w.b[chunkHeader+8:], 77)
	return append(w.b, make([]byte, max(0, ChunkSize-len(w.b)))...)
}

// one returns the event of a chunk, or the error.
func one(chunk []byte) string {
	var got string
	var d Decoder
	d.Chunk(chunk, func(_ uint64, text []byte) { got += string(text) }, func(n uint64, err error) { got += fmt.Sprintf("%d: %v", n, err) })
	return got
}

// filled returns a template instance with one value, in an element.
func filled(token, kind byte, value string) func(*builder) {
	return func(w *builder) {
		w.bytes(templateToken, 1).u32(0).u32(len(w.b) + 4).u32(0).bytes(make([]byte, 16)...)
		size := len(w.b)
		w.u32(0).bytes(fragmentToken, 1, 1, 0).open("E").open("V").bytes(token).u16(0).bytes(kind).close().close().bytes(endToken)
		binary.LittleEndian.PutUint32(w.b[size:], uint32(len(w.b)-size-4))
		w.u32(1).u16(len(value)).bytes(kind, 0).bytes([]byte(value)...)
	}
}

// manyWant is the event "many": each name twice.
var manyWant = func() string {
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf(`"A%d":["%d","%d"]`, i, i, i+100))
	}
	return `{"E":{` + strings.Join(names, ",") + `}}`
}()

// values has each type of value, and each shape of an element.
var values = []struct {
	name, want string
	content    func(w *builder)
}{
	{"string", `{"E":{"V":"aé"}}`, filled(normalToken, stringType, "a\x00\xe9\x00\x00\x00")},
	{"pair", `{"E":{"V":"` + "\U0001F600" + `"}}`, filled(normalToken, stringType, "\x3d\xd8\x00\xde")},
	{"half pair", `{"E":{"V":"` + "\ufffda" + `"}}`, filled(normalToken, stringType, "\x3d\xd8a\x00")},
	{"ansi", `{"E":{"V":"é"}}`, filled(normalToken, ansiType, "\xe9\x00")},
	{"int8", `{"E":{"V":-1}}`, filled(normalToken, int8Type, "\xff")},
	{"uint8", `{"E":{"V":255}}`, filled(normalToken, uint8Type, "\xff")},
	{"int16", `{"E":{"V":-2}}`, filled(normalToken, int16Type, "\xfe\xff")},
	{"uint32", `{"E":{"V":4294967295}}`, filled(normalToken, uint32Type, "\xff\xff\xff\xff")},
	{"int64", `{"E":{"V":-1}}`, filled(normalToken, int64Type, "\xff\xff\xff\xff\xff\xff\xff\xff")},
	{"real32", `{"E":{"V":1.5}}`, filled(normalToken, real32Type, "\x00\x00\xc0\x3f")},
	{"real64, NaN", `{"E":{"V":"NaN"}}`, filled(normalToken, real64Type, "\x00\x00\x00\x00\x00\x00\xf8\x7f")},
	{"bool", `{"E":{"V":true}}`, filled(normalToken, boolType, "\x01\x00\x00\x00")},
	{"binary", `{"E":{"V":"0AFF"}}`, filled(normalToken, binaryType, "\x0a\xff")},
	{"guid", `{"E":{"V":"{03020100-0504-0706-0809-0a0b0c0d0e0f}"}}`, filled(normalToken, guidType, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f")},
	{"size", `{"E":{"V":"0x10"}}`, filled(normalToken, sizeType, "\x10\x00\x00\x00")},
	{"hex32", `{"E":{"V":"0xff"}}`, filled(normalToken, hex32Type, "\xff\x00\x00\x00")},
	{"filetime", `{"E":{"V":"1601-01-01T00:00:01.0000001Z"}}`, filled(normalToken, filetimeType, "\x81\x96\x98\x00\x00\x00\x00\x00")},
	{"systemtime", `{"E":{"V":"2025-02-03T04:05:06.0070000Z"}}`, filled(normalToken, systemtimeType, "\xe9\x07\x02\x00\x01\x00\x03\x00\x04\x00\x05\x00\x06\x00\x07\x00")},
	{"sid", `{"E":{"V":"S-1-5-18"}}`, filled(normalToken, sidType, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00")},
	{"control characters", `{"E":{"V":"\u0001\u202e\"\\` + "\ufffd" + `"}}`, filled(normalToken, stringType, "\x01\x00\x2e\x20\"\x00\\\x00\x00\xde")},
	{"odd string", `{"E":{"V":"a"}}`, filled(normalToken, stringType, "a\x00b")},
	{"bool of a byte", `{"E":{"V":true}}`, filled(normalToken, boolType, "\x01")},
	{"bool of three bytes", "77: the event has a value of type 0xd with 3 bytes, not 4", filled(normalToken, boolType, "\x01\x00\x00")},
	{"ansi strings", `{"E":{"V":["a","","é"]}}`, filled(normalToken, ansiType|list, "a\x00\x00\xe9")},
	{"sids", `{"E":{"V":["S-1-5-18","S-1-1"]}}`, filled(normalToken, sidType|list, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01")},
	{"broken sids", "77: the binary XML is damaged", filled(normalToken, sidType|list, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00\x01")},
	{"half a number", "77: the binary XML is damaged", filled(normalToken, uint16Type|list, "\x01\x00\x02")},
	{"empty list", `{"E":{"V":[]}}`, filled(normalToken, uint16Type|list, "")},
	{"no such value", `{"E":null}`, func(w *builder) { w.open("E").open("V").bytes(optionalToken).u16(7).bytes(stringType).close().close() }},
	{"strings", `{"E":{"V":["a","b"]}}`, filled(normalToken, stringType|list, "a\x00\x00\x00b\x00\x00\x00")},
	{"numbers", `{"E":{"V":[1,2]}}`, filled(normalToken, uint16Type|list, "\x01\x00\x02\x00")},
	{"null", `{"E":{"V":null}}`, filled(normalToken, nullType, "")},
	{"optional null", `{"E":null}`, filled(optionalToken, nullType, "")},
	{"wrong width", "77: the event has a value of type 0x4 with 2 bytes, not 1", filled(normalToken, uint8Type, "ab")},
	{"short sid", "77: the binary XML is damaged", filled(normalToken, sidType, "\x01\x05\x00\x00\x00\x00\x00\x05")},
	{"unknown type", "77: the event has a value of the unknown type 0x55", filled(normalToken, 0x55, "a")},
	{"unknown list", "77: the event has a list of values of the unknown type 0xe", filled(normalToken, binaryType|list, "a")},
	{"texts", `{"E":"a&b€"}`, func(w *builder) {
		w.open("E").value("a").bytes(entityToken).name("amp").bytes(cdataToken).u16(1).wide("b").bytes(charToken).u16(0x20ac).close()
	}},
	{"repeated", `{"E":{"A":["1","2"],"B":"3"}}`, func(w *builder) {
		w.open("E").open("A").value("1").close().open("B").value("3").close().open("A").value("2").close().close()
	}},
	{"many", manyWant, func(w *builder) {
		w.open("E")
		for i := range 200 {
			w.open(fmt.Sprint("A", i%100)).value(fmt.Sprint(i)).close()
		}
		w.close()
	}},
	{"attributes", `{"E":{"Data":{"#attributes":{"X":"1"},"#text":"t"}}}`, func(w *builder) {
		w.open("E").bytes(elementToken | more).u16(0).u32(0).name("Data").u32(0).bytes(attributeToken).name("X").value("1")
		w.bytes(closeStartToken).value("t").close().close()
	}},
	{"named data", `{"E":{"N":"t"}}`, func(w *builder) {
		w.open("E").bytes(elementToken | more).u16(0).u32(0).name("Data").u32(0).bytes(attributeToken).name("Name").value("N")
		w.bytes(closeStartToken).value("t").close().close()
	}},
	{"empty element", `{"E":null}`, func(w *builder) { w.bytes(elementToken).u16(0).u32(0).name("E").bytes(closeEmptyToken) }},
	{"nothing", "77: the record of the event log is empty", nil},
	{"unknown token", "77: the binary XML is damaged", func(w *builder) { w.open("E").bytes(0x3f) }},
	{"depth", "77: the elements of the event are nested too deeply", func(w *builder) {
		for range 100 {
			w.open("E")
		}
	}},
}

func TestValues(t *testing.T) {
	for _, c := range values {
		if got := one(build(c.content)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestEmbedded reads binary XML that is a value: its elements may lack the
// dependency identifier.
func TestEmbedded(t *testing.T) {
	for _, dependency := range []bool{false, true} {
		got := one(build(func(w *builder) {
			filled(normalToken, xmlType, "")(w)
			size := len(w.b) - 4
			from := len(w.b)
			w.bytes(fragmentToken, 1, 1, 0, elementToken)
			if dependency {
				w.u16(0xffff)
			}
			w.u32(0).name("Inner").bytes(closeStartToken).value("x").close().bytes(endToken)
			binary.LittleEndian.PutUint16(w.b[size:], uint16(len(w.b)-from))
		}))
		if want := `{"E":{"V":{"Inner":"x"}}}`; got != want {
			t.Errorf("dependency %v: %s, want %s", dependency, got, want)
		}
	}
}

// TestAmplification fills one large value into a template thousands of times.
func TestAmplification(t *testing.T) {
	got := one(build(func(w *builder) {
		w.bytes(templateToken, 1).u32(0).u32(len(w.b) + 4).u32(0).bytes(make([]byte, 16)...)
		size := len(w.b)
		w.u32(0).bytes(fragmentToken, 1, 1, 0).open("E")
		for range 5000 {
			w.bytes(normalToken).u16(0).bytes(stringType)
		}
		w.close().bytes(endToken)
		binary.LittleEndian.PutUint32(w.b[size:], uint32(len(w.b)-size-4))
		w.u32(1).u16(20000).bytes(stringType, 0).bytes(bytes.Repeat([]byte("a\x00"), 10000)...)
	}))
	if want := "77: the event is longer than 1 MiB when its template is filled in"; got != want {
		t.Errorf("%.100s, want %s", got, want)
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"cut off", "ElfFile\x00", "the header of the event log is cut off"},
		{"version", "ElfFile\x00" + strings.Repeat("\x00", 30) + "\x04\x00\x00\x10" + strings.Repeat("\x00", 100), "version 4.0"},
		{"size", "ElfFile\x00" + strings.Repeat("\x00", 30) + "\x03\x00\x00\x20" + strings.Repeat("\x00", 100), "8192 bytes"},
	} {
		if err := CheckHeader([]byte(c.head)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, chunk, want string }{
		{"unused", strings.Repeat("\x00", ChunkSize), ""},
		{"no magic", "x" + strings.Repeat("\x00", ChunkSize-1), "0: a chunk of the event log has no header"},
		{"no record", chunkMagic + strings.Repeat("\x00", chunkHeader-8) + "x" + strings.Repeat("\x00", ChunkSize-chunkHeader-1), "0: there is something else where a record of the event log should begin"},
		{"size of record", chunkMagic + strings.Repeat("\x00", chunkHeader-8) + recordMagic + "\xff\xff\xff\xff" + strings.Repeat("\x00", ChunkSize-chunkHeader-8), "0: a record of the event log has the impossible size 4294967295"},
		{"cut off", chunkMagic + strings.Repeat("\x00", 1000), "0: the last chunk of the event log is cut off: it has 1008 of 65536 bytes"},
	} {
		if got := one([]byte(c.chunk)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
