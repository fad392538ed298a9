package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An Attack is a recorded event, flat, its fields in the order of the record.
type Attack struct {
	Name   string // of its file, and which of the file's events it is
	fields []field
}

// Load reads the events of all JSON files below a folder, as exported from
// Windows event logs: objects Event with System and EventData or UserData.
func Load(dir string) ([]*Attack, error) {
	var out []*Attack
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		events, err := parse(strings.TrimSuffix(filepath.Base(path), ".json"), data)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, events...)
		return nil
	})
	if err == nil && len(out) == 0 {
		err = errors.New("no events below " + dir)
	}
	return out, err
}

// parse reads the events of a file, one behind the other.
func parse(name string, data []byte) (out []*Attack, err error) {
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	d.UseNumber()
	for {
		a := &Attack{Name: fmt.Sprintf("%s/%d", name, len(out))}
		if err := a.object(d, nil); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
}

// object reads an object and adds its leaves as fields.
func (a *Attack) object(d *json.Decoder, path []string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case json.Delim:
		if t != '{' {
			return fmt.Errorf("a list at %s", strings.Join(path, "."))
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return err
			}
			if err := a.object(d, append(path[:len(path):len(path)], fmt.Sprint(key))); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	case nil:
		return nil
	case json.Number:
		a.leaf(path, t.String(), true)
	default:
		a.leaf(path, fmt.Sprint(t), false)
	}
	return nil
}

// left are fields of the System part that forwarders leave out: they are the
// same in all events of a provider, and no rule for Windows asks for them.
var left = map[string]bool{"Provider_Guid": true, "Keywords": true, "Security_UserID": true}

// leaf adds a field under the name that rules use: that of the leaf, below
// System joined to those of its elements.
func (a *Attack) leaf(path []string, value string, number bool) {
	if len(path) < 3 || path[0] != "Event" || path[1] == "#attributes" {
		return
	}
	name := path[len(path)-1]
	if path[1] == "System" {
		name = strings.ReplaceAll(strings.Join(path[2:], "_"), "#attributes_", "")
	}
	if name != "xmlns" && !left[name] {
		a.fields = append(a.fields, field{name, value, number})
	}
}

// get returns the value of a field.
func (a *Attack) get(name string) string {
	for _, f := range a.fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// JSON returns the event, flat, as it was recorded.
func (a *Attack) JSON() []byte { return (&Generator{fields: a.fields}).write() }

// familiar reports whether the event is a process of a program that Windows
// or an installer brought, which has ordinary work, too.
func (a *Attack) familiar() bool {
	image := a.get("Image")
	return a.get("Channel") == sysmonChannel && a.get("EventID") == "1" &&
		(strings.HasPrefix(image, `C:\Windows\System32\`) || strings.HasPrefix(image, `C:\Program Files`))
}

// again makes the recorded event happen now on another machine: what
// identifies machine, process and moment is new, the rest as it was.
func (g *Generator) again(m *machine, a *Attack) (channel string, id int) {
	m.records[sysmonChannel]++
	for _, f := range a.fields {
		if v, ok := g.identity(m, f.name, f.value); ok {
			f.value = v
		}
		g.fields = append(g.fields, f)
	}
	fmt.Sscan(a.get("EventID"), &id) //nolint:errcheck // it stays 0 where it is no number
	return a.get("Channel"), id
}

// identity returns a new value for a field that only identifies.
func (g *Generator) identity(m *machine, name, value string) (string, bool) {
	switch {
	case strings.HasPrefix(value, "00000000-"):
		return "", false
	case strings.HasSuffix(name, "Guid") || strings.HasSuffix(name, "GUID"):
		return m.prefix + "-" + g.guid()[9:], true
	case name == "Correlation_ActivityID":
		return g.guid(), true
	case name == "Computer":
		return m.name, true
	case name == "TimeCreated_SystemTime":
		return g.xml(), true
	case strings.HasSuffix(name, "UtcTime"):
		return g.utc(), true
	case name == "EventRecordID":
		return fmt.Sprint(m.sensor*37 + m.records[sysmonChannel]), true
	case strings.HasPrefix(value, "0x") && strings.HasSuffix(name, "LogonId"):
		return fmt.Sprintf("0x%x", g.r.IntN(1<<24)), true
	case strings.HasSuffix(name, "ProcessId") && !strings.HasPrefix(value, "0x"),
		strings.HasSuffix(name, "ThreadId"), strings.HasPrefix(name, "Execution_"):
		return fmt.Sprint(4 * (100 + g.r.IntN(6000))), true
	}
	return "", false
}

// likeAttack makes an ordinary process of the program of an attack: ordinary
// parents, arguments and folders, whatever else its file says.
func (g *Generator) likeAttack(m *machine, a *Attack) (channel string, id int) {
	who := []string{"user", "user", "system"}[g.r.IntN(3)]
	account := m.account(g, who)
	parent := g.find(m, job{g.catalog.program([]string{"cmd.exe", "explorer.exe", "svchost.exe", "powershell.exe"}[g.r.IntN(4)]), who})
	image := a.get("Image")
	line := g.expand([]string{`"` + image + `"`, base(image) + " /?", image + ` "C:\Users\{user}\Documents\{doc}.txt"`, base(image) + " {word} {n:3}",
		`"` + image + `" -Embedding`, image + " /{word}:{word} {server}"}[g.r.IntN(6)], &scene{machine: m, account: account})
	p := &process{image: image, line: line, account: account}
	own := map[string]string{"CommandLine": line, "CurrentDirectory": g.directory(p), "User": account.name, "LogonGuid": account.guid,
		"LogonId": account.logon, "IntegrityLevel": account.integrity, "ParentProcessGuid": parent.guid, "ParentProcessId": fmt.Sprint(parent.id),
		"ParentImage": parent.image, "ParentCommandLine": parent.line, "ParentUser": parent.account.name}
	channel, id = g.again(m, a)
	for i := range g.fields {
		if v, ok := own[g.fields[i].name]; ok {
			g.fields[i].value = v
		}
	}
	return channel, id
}
