package pack

import (
	"errors"

	"golang.org/x/sys/unix"
)

// exchange swaps two folders at once. Not every file system can.
func exchange(a, b string) error {
	err := unix.RenamexNp(a, b, unix.RENAME_SWAP)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return errors.ErrUnsupported
	}
	return err
}
