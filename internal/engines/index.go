package engines

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A form is how an index keeps strings.
type form int

const (
	plain  form = iota // keyword: as they are
	folded             // keyword with the normalizer "lowercase"
)

// An index is an index of OpenSearch, and what makes it once more in a new
// process.
type index struct {
	name   string // a hash of what follows
	create []byte // its settings and its mapping
	bulk   []byte // its events
	size   int
	users  int
}

// newIndex returns the index of a table and its events.
func newIndex(f form, t Table, events []Event) (*index, shape, error) {
	rows, err := decode(events)
	if err != nil {
		return nil, shape{}, err
	}
	for i := range rows {
		rows[i] = flatten(rows[i])
	}
	s := t.shapeOf(rows)
	i := &index{size: len(events)}
	if i.create, err = json.Marshal(settingsOf(f, s)); err != nil {
		return nil, s, err
	}
	var bulk bytes.Buffer
	for _, e := range events {
		fmt.Fprintf(&bulk, "{\"index\":{\"_id\":\"%d\"}}\n", e.ID)
		if err := json.Compact(&bulk, e.Fields); err != nil {
			return nil, s, err
		}
		bulk.WriteByte('\n')
	}
	i.bulk = bulk.Bytes()
	hash := sha256.New()
	hash.Write(i.create)
	hash.Write(i.bulk)
	i.name = "events-" + hex.EncodeToString(hash.Sum(nil)[:12])
	return i, s, nil
}

// defaultField is a field that each index has and no event.
const defaultField = "sigmac_default"

// settingsOf returns the settings and the mapping of an index. No string is
// too long for it (ignore_above is absent), but for the 32766 bytes that Lucene
// allows a term; and what a rule's list needs of clauses and an expression of
// states is allowed, as the warnings of the compiler ask for.
func settingsOf(f form, s shape) any {
	properties := map[string]any{defaultField: fieldOf(f, schema.Keyword)}
	for _, c := range s.columns {
		properties[c.Name] = fieldOf(f, c.Type)
	}
	return map[string]any{
		"settings": map[string]any{
			"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1",
			"max_result_window":                 1_000_000,
			"index.mapping.total_fields.limit":  100_000,
			"index.mapping.depth.limit":         100,
			"index.query.default_field":         "*",
			"analysis.normalizer.folded.type":   "custom",
			"analysis.normalizer.folded.filter": []string{"lowercase"},
		},
		"mappings": map[string]any{
			"dynamic": false, "date_detection": false, "properties": properties,
		},
	}
}

// fieldOf returns the mapping of a field. OpenSearch's own type "wildcard" is
// not what Elasticsearch's is, a keyword stands for that.
func fieldOf(f form, t schema.Type) map[string]any {
	switch t {
	case schema.Text:
		return map[string]any{"type": "text"}
	case schema.Int:
		return map[string]any{"type": "long"}
	case schema.Float:
		return map[string]any{"type": "double"}
	case schema.Bool:
		return map[string]any{"type": "boolean"}
	case schema.IP:
		// Windows writes "-" where there is no address: the field is absent then.
		return map[string]any{"type": "ip", "ignore_malformed": true}
	case schema.Time:
		return map[string]any{"type": "date", "format": "strict_date_optional_time_nanos||epoch_millis"}
	case schema.Dynamic:
		return map[string]any{"type": "object"}
	}
	if f == folded || t == schema.Caseless {
		return map[string]any{"type": "keyword", "normalizer": "folded"}
	}
	return map[string]any{"type": "keyword"}
}

// keep makes the index in the node, or uses the one that is there.
func (n *node) keep(i *index) (*index, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if have := n.indices[i.name]; have != nil {
		have.users++
		return have, nil
	}
	if err := n.create(i); err != nil {
		return nil, err
	}
	i.users++
	n.indices[i.name] = i
	return i, nil
}

// drop removes an index that nobody uses any more.
func (n *node) drop(i *index) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i.users--; i.users > 0 {
		return
	}
	delete(n.indices, i.name)
	// The process ends with the test, and its data with it: a failure to delete is no harm.
	_ = n.do(loadLimit, http.MethodDelete, "/"+i.name, nil, new(struct{}))
}

// create makes an index and fills it.
func (n *node) create(i *index) error {
	if err := n.do(loadLimit, http.MethodPut, "/"+i.name, i.create, new(struct{})); err != nil {
		return fmt.Errorf("the index cannot be made: %w", err)
	}
	if i.size == 0 {
		return nil
	}
	var answer struct {
		Errors bool
		Items  []struct {
			Index struct {
				ID    string       `json:"_id"`
				Error *searchError `json:"error"`
			}
		}
	}
	if err := n.do(loadLimit, http.MethodPost, "/"+i.name+"/_bulk?refresh=true", i.bulk, &answer); err != nil {
		return fmt.Errorf("the events cannot be loaded: %w", err)
	}
	for _, item := range answer.Items {
		if e := item.Index.Error; e != nil {
			return fmt.Errorf("event %s cannot be loaded: %s", item.Index.ID, strings.TrimSpace(e.reason()))
		}
	}
	return nil
}
