package pack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A frail disk fails from an operation on: for ever, as one that is full, or
// for all that comes, as where the program is killed.
type frail struct {
	osDisk
	left   int    // operations that succeed
	room   int64  // bytes that can be written; below 0 there is no limit
	dead   bool   // nothing works from there on, not even cleaning
	noSwap bool   // the system cannot exchange folders
	noLink bool   // nor link files
	at     func() // called when the operations are used up
	failed bool
}

var errFull = errors.New("no space left on device")

// step counts an operation.
func (d *frail) step() error {
	if d.left--; d.left >= 0 {
		return nil
	}
	if d.at != nil && d.left == -1 {
		d.at()
		return nil
	}
	if d.at != nil {
		return nil
	}
	d.failed = true
	return errFull
}

func (d *frail) MkdirAll(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.MkdirAll(path)
}

func (d *frail) WriteFile(path string, data []byte) error {
	if err := d.step(); err != nil {
		return err
	}
	if d.room >= 0 {
		if d.room -= int64(len(data)); d.room < 0 {
			d.failed = true
			part := max(int64(len(data))+d.room, 0)
			d.room = 0
			return errors.Join(errFull, d.osDisk.WriteFile(path, data[:part])) // a part is there
		}
	}
	return d.osDisk.WriteFile(path, data)
}

func (d *frail) Link(from, to string) error {
	if d.noLink {
		return errors.ErrUnsupported
	}
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.Link(from, to)
}

func (d *frail) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.Rename(from, to)
}

func (d *frail) Exchange(a, b string) error {
	if d.noSwap {
		return errors.ErrUnsupported
	}
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.Exchange(a, b)
}

func (d *frail) RemoveAll(path string) error {
	if d.dead && d.left < 0 {
		return errFull
	}
	return d.osDisk.RemoveAll(path)
}

// A disaster is a build that fails somewhere.
type disaster struct {
	dir, config string
	old, new    seen // packs as they were, and as they are to be
}

// prepareDisaster makes packs, and edits what they are made of.
func prepareDisaster(t *testing.T) *disaster {
	dir := t.TempDir()
	d := &disaster{dir: dir, config: unpack(t, dir)}
	buildPacks(t, d.config, Options{})
	d.old = snapshot(t, filepath.Join(dir, "dist"), false)
	edit(t, filepath.Join(dir, "rules/a.yml"), "title: A", "title: Z")
	buildPacks(t, d.config, Options{Output: filepath.Join(dir, "want")})
	d.new = snapshot(t, filepath.Join(dir, "want"), false)
	return d
}

// whole fails the test where a pack is neither the old nor the new one. The
// pack may be in hiding where that is allowed: recover finds it.
func (d *disaster) whole(t *testing.T, what string, hidden bool) {
	t.Helper()
	now := snapshot(t, filepath.Join(d.dir, "dist"), false)
	for _, target := range []string{"each/", "app/"} {
		have, old, new := part(now, target), part(d.old, target), part(d.new, target)
		if len(differ(have, old)) > 0 && len(differ(have, new)) > 0 && (!hidden || len(have) > 0) {
			t.Fatalf("%s: the pack %s is half: differs from the old one in %v, from the new one in %v", what, target, differ(have, old), differ(have, new))
		}
	}
}

// part returns what of a snapshot begins with a prefix.
func part(s seen, prefix string) seen {
	out := make(seen)
	for name, sum := range s {
		if strings.HasPrefix(name, prefix) {
			out[name] = sum
		}
	}
	return out
}

// build builds the packs on a frail disk.
func (d *disaster) build(ctx context.Context, t *testing.T, on *frail) error {
	t.Helper()
	c, err := ReadConfig(d.config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Build(ctx, Options{disk: on, Jobs: 2})
	return err
}

// heal builds again on a good disk, which makes all well.
func (d *disaster) heal(t *testing.T, what string) {
	t.Helper()
	buildPacks(t, d.config, Options{})
	if list := differ(d.new, snapshot(t, filepath.Join(d.dir, "dist"), false)); len(list) > 0 {
		t.Fatalf("%s: the next build leaves %v wrong", what, list)
	}
	if list := leftovers(t, filepath.Join(d.dir, "dist")); len(list) > 0 {
		t.Fatalf("%s: %v are left", what, list)
	}
}

// A disk that is full after n operations, for every n, and one that is full
// after n bytes, leaves a whole pack and nothing else, with the ways of all
// systems.
func TestFullDisk(t *testing.T) {
	for _, noSwap := range []bool{false, true} {
		for n := 0; ; n++ {
			d := prepareDisaster(t)
			on := &frail{left: n, room: -1, noSwap: noSwap, noLink: noSwap}
			err := d.build(context.Background(), t, on)
			what := fmt.Sprintf("full after %d operations, no exchange %t", n, noSwap)
			if !on.failed {
				if n < 8 {
					t.Errorf("there are only %d operations", n)
				}
				break
			}
			if err == nil {
				t.Fatalf("%s: no error", what)
			}
			// A rename that fails behind one that did not may leave the pack where
			// recover finds it.
			d.whole(t, what, noSwap)
			if list := leftovers(t, filepath.Join(d.dir, "dist")); len(list) > 0 && !noSwap {
				t.Fatalf("%s: %v are left", what, list)
			}
			d.heal(t, what)
		}
	}
}

func TestFullDiskByBytes(t *testing.T) {
	for room := int64(0); ; room += 311 {
		d := prepareDisaster(t)
		on := &frail{left: 1 << 30, room: room}
		err := d.build(context.Background(), t, on)
		if !on.failed {
			if room < 1000 {
				t.Errorf("all is within %d bytes", room)
			}
			break
		}
		what := fmt.Sprintf("full after %d bytes", room)
		if err == nil {
			t.Fatalf("%s: no error", what)
		}
		d.whole(t, what, false)
		if list := leftovers(t, filepath.Join(d.dir, "dist")); len(list) > 0 {
			t.Fatalf("%s: %v are left", what, list)
		}
		d.heal(t, what)
	}
}

// A program that is killed after n operations leaves a whole pack, or one that
// the next build finds, and what it leaves goes with the next build.
func TestKilledAnywhere(t *testing.T) {
	for _, noSwap := range []bool{false, true} {
		for n := 0; ; n++ {
			d := prepareDisaster(t)
			on := &frail{left: n, room: -1, dead: true, noSwap: noSwap}
			_ = d.build(context.Background(), t, on) // what it says nobody hears
			if !on.failed {
				break
			}
			what := fmt.Sprintf("killed after %d operations, no exchange %t", n, noSwap)
			d.whole(t, what, noSwap)
			d.heal(t, what)
		}
	}
}

// An interrupt at any point before the new pack is in its place leaves the old
// one, and nothing else; behind it, the new one.
func TestInterrupted(t *testing.T) {
	interrupted := 0
	for n := 0; n < 24; n++ {
		d := prepareDisaster(t)
		ctx, cancel := context.WithCancel(context.Background())
		err := d.build(ctx, t, &frail{left: n, room: -1, at: cancel})
		cancel()
		what := fmt.Sprintf("interrupted at operation %d", n)
		if err != nil {
			interrupted++
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: %v", what, err)
			}
			if list := differ(d.old, snapshot(t, filepath.Join(d.dir, "dist"), false)); len(list) > 0 {
				t.Fatalf("%s: changed: %v", what, list)
			}
		}
		d.whole(t, what, false)
		if list := leftovers(t, filepath.Join(d.dir, "dist")); len(list) > 0 {
			t.Fatalf("%s: %v are left", what, list)
		}
		d.heal(t, what)
	}
	if interrupted < 4 {
		t.Errorf("only %d builds were interrupted", interrupted)
	}
}

// buildAndStop is the program that TestKilled kills: it stops at an operation.
func buildAndStop(config, operations string) int {
	c, err := ReadConfig(config)
	if err != nil {
		return 1
	}
	n := 0
	if _, err := fmt.Sscan(operations, &n); err != nil {
		return 1
	}
	stop := func() {
		fmt.Println("here")
		select {} //nolint:revive // until it is killed
	}
	go func() {
		for {
			time.Sleep(time.Hour) // there is always something that could go on
		}
	}()
	_, _ = c.Build(context.Background(), Options{disk: &frail{left: n, room: -1, at: stop}})
	return 0
}

func TestKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL")
	}
	for _, n := range []int{2, 5, 7} {
		d := prepareDisaster(t)
		cmd := exec.Command(os.Args[0], "build-and-stop", d.config, fmt.Sprint(n))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line := make([]byte, 4)
		if _, err := out.Read(line); err != nil || string(line) != "here" {
			t.Fatalf("it did not get there: %q, %v", line, err)
		}
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		what := fmt.Sprintf("killed at operation %d", n)
		d.whole(t, what, false)
		d.heal(t, what) // the lock of the dead does not hold
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("the superuser may write everywhere")
	}
	d := prepareDisaster(t)
	out := filepath.Join(d.dir, "dist")
	if err := os.Chmod(out, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(out, 0o777) }()
	if err := d.build(context.Background(), t, &frail{left: 1 << 30, room: -1}); err == nil {
		t.Error("no error")
	}
	d.whole(t, "read-only", false)
}

// Builds at the same time wait for each other, and the pack is that of the last.
func TestBuildsAtOnce(t *testing.T) {
	d := prepareDisaster(t)
	var group sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		group.Go(func() { _, errs[i] = tryPacks(d.config, Options{Force: i%2 == 0}) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if list := differ(d.new, snapshot(t, filepath.Join(d.dir, "dist"), false)); len(list) > 0 {
		t.Errorf("wrong: %v", list)
	}
	d.heal(t, "at once")
}

// Who waits for another build can be interrupted.
func TestInterruptedWaiting(t *testing.T) {
	d := prepareDisaster(t)
	s := store{dir: filepath.Join(d.dir, "dist"), disk: osDisk{}}
	unlock, err := s.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- d.build(ctx, t, &frail{left: 1 << 30, room: -1}) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	unlock()
	d.heal(t, "waited")
}
