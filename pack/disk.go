package pack

import (
	"os"
)

// A disk is what changes the output folder; tests have one that is full.
type disk interface {
	MkdirAll(path string) error
	WriteFile(path string, data []byte) error // that does not exist
	Link(from, to string) error
	Rename(from, to string) error
	Exchange(a, b string) error // errors.ErrUnsupported where the system cannot
	RemoveAll(path string) error
}

// osDisk is the disk of the operating system.
type osDisk struct{}

func (osDisk) MkdirAll(path string) error   { return os.MkdirAll(path, 0o777) } //nolint:gosec // the umask says who reads packs
func (osDisk) Link(from, to string) error   { return os.Link(from, to) }
func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) Exchange(a, b string) error   { return exchange(a, b) }
func (osDisk) RemoveAll(path string) error  { return os.RemoveAll(path) }

func (osDisk) WriteFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666) //nolint:gosec // the umask says who reads packs
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
