//go:build !unix

package backends_test

import "time"

var started = time.Now()

// cpuTime is the clock where the system does not tell how long it worked for
// the process.
func cpuTime() time.Duration { return time.Since(started) }
