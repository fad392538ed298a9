// Package evtx reads the event logs of Windows: files with the extension
// .evtx, whose events are binary XML.
//
// A file is a header and chunks of 64 KiB, each of which can be read on its
// own. A Decoder takes a chunk and gives each of its records as a JSON object
// of the shape that is usual for such events, and that sigma/eval reads:
//
//	{"Event":{"#attributes":{"xmlns":"..."},
//	  "System":{"Provider":{"#attributes":{"Name":"..."}},"EventID":1,...},
//	  "EventData":{"Image":"C:\\...","ProcessId":4460,...}}}
//
// An element with attributes has them under #attributes and its text under
// #text. A Data element with nothing but a name has that name; those without
// one are Data. Elements of the same name become a list. Numbers and booleans
// are those of JSON, all other types are written as Windows writes them in
// the event's XML: GUIDs in braces and lower case, hexadecimal numbers with
// 0x, times in UTC with seven digits behind the second.
//
// The layout of files, chunks and records is that of "Windows XML Event Log
// (EVTX) format" by Joachim Metz, the binary XML that of [MS-EVEN6], 2.2.12
// to 2.2.19. All sizes and offsets of a file are checked: a damaged one gives
// errors, and takes neither more memory nor more time than its size and
// MaxRecord allow.
//
// # Why no library
//
// www.velocidex.com/golang/evtx was tried in its place, at the newest version
// that the checksum database knows (v0.2.1-0.20240730174545-3e4ff3d96433),
// over the 135 logs with 164 events of SigmaHQ's regression data:
//
//   - It believes the number of values of a template, 32 bits of the file, and
//     makes a list of that size: a damaged log ends the process for lack of
//     memory, which no recover contains. Of these logs with 1 to 20 random
//     bytes changed in their chunk, read 20 to a process, 10 of 60 processes
//     ended so at a limit of 3 GB.
//   - It is silent about damage. In the 1,000 chunks of the other processes
//     this package reports damage in 483, the library in none: an element is
//     cut short, an event is null, and what follows a broken record in its
//     chunk is missing.
//   - Types are lost. Hexadecimal numbers become decimal ones (267 of 5,479
//     values), and nothing tells them from others later: SigmaHQ has 56
//     Windows rules that ask for texts such as GrantedAccess '0x1410'. Times
//     become seconds in a float64, which does not hold their seven digits;
//     GUIDs lose their braces; null is left out. int8, int16, size_t, ANSI
//     texts and most lists become the bytes that they are stored as.
//   - Texts are lost: CDATA, and what stands behind an entity.
//   - It gives all records of a chunk at once or, where it panics at one, none,
//     and reads nothing but files that it can seek in.
//
// It would also bring eleven modules into go.mod.
package evtx
