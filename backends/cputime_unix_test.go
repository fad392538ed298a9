//go:build unix

package backends_test

import (
	"syscall"
	"time"
)

// cpuTime is how long the processors have worked for this process, on which
// others that run on the machine have less influence than on the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
