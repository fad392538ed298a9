package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// The sizes of the parts of a file, in bytes.
const (
	HeaderSize = 4096  // of the block that holds the header of a file
	ChunkSize  = 65536 // of a chunk

	chunkHeader  = 512
	recordHeader = 24
)

// MaxRecord is how long one event may become as JSON, in bytes. A record has
// at most 64 KiB, but a template may repeat its values.
const MaxRecord = 1 << 20

// maxDepth is how deep the elements of an event may be nested.
const maxDepth = 64

const (
	fileMagic   = "ElfFile\x00"
	chunkMagic  = "ElfChnk\x00"
	recordMagic = "**\x00\x00"
)

// IsFile reports whether a file that begins with head is an event log.
func IsFile(head []byte) bool { return strings.HasPrefix(string(head), fileMagic) }

// CheckHeader returns an error where the chunks do not begin behind the first
// HeaderSize bytes of a file, or are in another format than is known.
func CheckHeader(head []byte) error {
	if len(head) < 128 || !IsFile(head) {
		return errors.New("the header of the event log is cut off")
	}
	minor, major := binary.LittleEndian.Uint16(head[36:]), binary.LittleEndian.Uint16(head[38:])
	if size := binary.LittleEndian.Uint16(head[40:]); major != 3 || size != HeaderSize {
		return fmt.Errorf("the event log has version %d.%d and a header of %d bytes, not version 3 and %d bytes", major, minor, size, HeaderSize)
	}
	return nil
}

// A Decoder reads chunks. One goroutine at a time may use it.
type Decoder struct {
	chunk    []byte
	strings  map[uint64]string // by where they lie
	elements []*element        // used again for each record
	used     int               // of the elements
	values   []scalar          // of the templates that are open
	depth    int
	left     int // bytes that the record at work may still become
	out      []byte
}

// errBroken is what most damage looks like.
var errBroken = errors.New("the binary XML is damaged")

// Chunk calls record with each event of a chunk, in the order of the file,
// and bad for each that cannot be read. Records are numbered by Windows; 0
// where the number is not known either. Behind what is no record it goes on
// with the next one. The text is only valid until the function returns.
func (d *Decoder) Chunk(chunk []byte, record func(number uint64, text []byte), bad func(number uint64, err error)) {
	if isZero(chunk) {
		return // not used yet
	}
	end, headless := bounds(chunk, bad)
	if d.strings == nil {
		d.strings = make(map[uint64]string)
	}
	clear(d.strings)
	d.chunk = chunk
	for at := chunkHeader; at < end; {
		size, err := recordSize(chunk[at:end])
		if err != nil {
			if !headless || at > chunkHeader { // else it has been said
				bad(0, err)
			}
			size = nextRecord(chunk[at:end])
		} else if size > 0 {
			number := binary.LittleEndian.Uint64(chunk[at+8:])
			if text, err := d.record(at+recordHeader, at+size-4); err != nil {
				bad(number, err)
			} else {
				record(number, text)
			}
		}
		if size == 0 {
			return
		}
		at += size
	}
}

// bounds returns where the records of a chunk end at the latest, and whether
// it lacks its header.
func bounds(chunk []byte, bad func(number uint64, err error)) (end int, headless bool) {
	end, headless = len(chunk), !bytes.HasPrefix(chunk, []byte(chunkMagic))
	switch {
	case headless && end >= chunkHeader:
		bad(0, errors.New("a chunk of the event log has no header"))
	case end != ChunkSize:
		bad(0, fmt.Errorf("the last chunk of the event log is cut off: it has %d of %d bytes", end, ChunkSize))
	default:
		if free := int(binary.LittleEndian.Uint32(chunk[48:])); free >= chunkHeader && free < end {
			end = free
		}
	}
	return end, headless
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// recordSize returns the size of the first record, 0 where there is none.
func recordSize(b []byte) (int, error) {
	if isZero(b) {
		return 0, nil
	}
	if len(b) < recordHeader+4 || string(b[:4]) != recordMagic {
		return 0, errors.New("there is something else where a record of the event log should begin")
	}
	size := binary.LittleEndian.Uint32(b[4:])
	if size < recordHeader+4 || int64(size) > int64(len(b)) {
		return 0, fmt.Errorf("a record of the event log has the impossible size %d", size)
	}
	return int(size), nil
}

// nextRecord returns how far behind the begin of b the next record begins, 0
// where there is none. A record has its size at its begin and at its end.
func nextRecord(b []byte) int {
	for at := 1; ; at++ {
		n := bytes.Index(b[at:], []byte(recordMagic))
		if n < 0 {
			return 0
		}
		at += n
		size, err := recordSize(b[at:])
		if err == nil && binary.LittleEndian.Uint32(b[at+size-4:]) == uint32(size) {
			return at
		}
	}
}

// record returns the event in that part of the chunk as JSON.
func (d *Decoder) record(from, to int) ([]byte, error) {
	d.depth, d.left, d.values = 0, MaxRecord, d.values[:0]
	d.reset()
	root := d.newElement("")
	if _, err := d.content(from, to, nil, true, root); err != nil {
		return nil, err
	}
	if len(root.children) == 0 {
		return nil, errors.New("the record of the event log is empty")
	}
	d.out = d.appendMembers(append(d.out[:0], '{'), root, true)
	return d.out, nil
}
