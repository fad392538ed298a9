// Package stream makes events as the machines of an office send them, from a
// seed, for benchmarks and for tests that compare.
//
// An event is flat: the names that Sysmon and Windows use, attributes of the
// event's System part joined to their element by "_" (Provider_Name), which is
// how rules name them. Ninety-five of a hundred are ordinary: processes that
// start, files, registry values, libraries, connections and names that are
// looked up, on 150 machines where the same programs run again and again,
// with paths, command lines and names from the lists in the folder catalog,
// and, where the caller has recorded attacks, the programs of these doing
// ordinary things. The other five are the recorded events, with what
// identifies a machine, a process or a moment made new.
//
// What they are meant to be like, and are measured for by the test of this
// package, is what was measured of recorded events: 24 to 28 fields, 850 to
// 1,100 bytes of JSON, 460 to 660 bytes of strings, and, of the strings, 70 %
// (57 % of the bytes) seen before in the same field.
package stream
