package events

import (
	"strings"
	"testing"
)

// BenchmarkSplit finds the events in a text of each form. No other step of
// reading is done by one goroutine alone.
func BenchmarkSplit(b *testing.B) {
	event := `{"Event":{"System":{"Channel":"Security","EventID":4688,"Computer":"ws-0042.corp.example"},"EventData":{"NewProcessName":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd.exe /c \"whoami /all\" > C:\\Users\\Public\\out.txt","ParentProcessName":"C:\\Windows\\explorer.exe","ProcessId":4711}}}`
	record := `Security,4688,ws-0042.corp.example,C:\Windows\System32\cmd.exe,"cmd.exe /c ""whoami /all"" > C:\Users\Public\out.txt",C:\Windows\explorer.exe,4711`
	for _, c := range []struct {
		name, text string
		start      func() splitter
	}{
		{"lines", strings.Repeat(event+"\n", 1000), func() splitter { return &lines{at: 1} }},
		{"list", "[" + strings.Repeat(event+",\n", 1000) + "]", func() splitter { return &documents{at: 1} }},
		{"CSV", strings.Repeat(record+"\n", 1000), func() splitter { return &records{at: 1, comma: ','} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			var spans []span
			data := []byte(c.text)
			for b.Loop() {
				if spans, _ = c.start().split(data, true, spans[:0]); len(spans) < 1000 {
					b.Fatal("events are missing")
				}
			}
		})
	}
}
