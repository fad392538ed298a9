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
package evtx
