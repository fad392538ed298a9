package engines

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A clock measures what a test and the processes that it has take; where tests
// run in parallel, those of all of them.
type clock struct {
	begin time.Time
	ticks int
}

func startClock() clock { return clock{time.Now(), cpuTicks()} }

// String returns the time since the clock was started, and the processors'.
func (c clock) String() string {
	return fmt.Sprintf("%.1f s, %.1f s of processor", time.Since(c.begin).Seconds(), float64(cpuTicks()-c.ticks)/100)
}

// cpuTicks returns the time of processors that this process and those that it
// started have used, in hundredths of a second; 0 where /proc does not say.
func cpuTicks() int {
	self := strconv.Itoa(os.Getpid())
	total := 0
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name of the program, in parentheses, may have spaces in it.
		after := text[bytes.LastIndexByte(text, ')')+1:]
		fields := strings.Fields(string(after))
		if len(fields) < 13 {
			continue
		}
		if pid := filepath.Base(filepath.Dir(file)); pid != self && fields[1] != self {
			continue
		}
		for _, f := range fields[11:13] {
			n, _ := strconv.Atoi(f)
			total += n
		}
	}
	return total
}
