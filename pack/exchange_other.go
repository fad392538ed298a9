//go:build !linux && !darwin

package pack

import "errors"

// exchange cannot swap two folders at once.
func exchange(string, string) error { return errors.ErrUnsupported }
