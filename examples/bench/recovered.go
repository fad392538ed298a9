package main

import "fmt"

// recovered turns a panic of a library into an error, when deferred.
func recovered(err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("panic: %v", x)
	}
}
