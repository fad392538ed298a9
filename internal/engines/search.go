package engines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// chunkSize is how many queries OpenSearch gets in a request.
const chunkSize = 50

// search runs queries in the DSL over an index, and gives no more than most of
// the events that each finds; nil stands for one that is not to be run. Where the server hangs or ends it is replaced, and the queries of
// the request are run one by one, so that the others have their answers.
func (n *node) search(i *index, most int, queries []json.RawMessage) ([]Answer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	answers := make([]Answer, len(queries))
	for from := 0; from < len(queries); from += chunkSize {
		to := min(from+chunkSize, len(queries))
		if n.searchChunk(i, most, 2*n.limit, queries[from:to], answers[from:to]) == nil {
			continue
		}
		if err := n.restart(); err != nil {
			return nil, err
		}
		for k := from; k < to; k++ {
			if err := n.searchOne(i, most, queries[k:k+1], answers[k:k+1]); err != nil {
				return nil, err
			}
		}
	}
	return answers, nil
}

// searchOne runs one query, and says so where the server does not bear it.
func (n *node) searchOne(i *index, most int, query []json.RawMessage, answer []Answer) error {
	err := n.searchChunk(i, most, n.limit, query, answer)
	if err == nil {
		return nil
	}
	answer[0] = Answer{Refused: err.Error()}
	if errors.Is(err, errTimeout) {
		answer[0].Refused = fmt.Sprintf("no answer within %v", n.limit)
	}
	return n.restart()
}

// A searchResponse is the answer to one query.
type searchResponse struct {
	Hits struct {
		Hits []struct {
			ID string `json:"_id"`
		}
	}
	TimedOut bool `json:"timed_out"`
	Error    *searchError
}

// searchChunk runs queries in one request.
func (n *node) searchChunk(i *index, most int, limit time.Duration, queries []json.RawMessage, answers []Answer) error {
	var body bytes.Buffer
	var places []int
	for k, q := range queries {
		if q == nil {
			continue
		}
		places = append(places, k)
		body.WriteString("{}\n")
		fmt.Fprintf(&body, `{"size":%d,"_source":false,"track_total_hits":false,"query":{"bool":{"filter":[`, most)
		if err := json.Compact(&body, q); err != nil {
			return err
		}
		body.WriteString("]}}}\n")
	}
	if len(places) == 0 {
		return nil
	}
	var answer struct{ Responses []searchResponse }
	if err := n.do(limit, http.MethodPost, "/"+i.name+"/_msearch?max_concurrent_searches=2", body.Bytes(), &answer); err != nil {
		return err
	}
	if len(answer.Responses) != len(places) {
		return fmt.Errorf("OpenSearch gives %d answers to %d queries", len(answer.Responses), len(places))
	}
	for k, r := range answer.Responses {
		answers[places[k]] = r.answer()
	}
	return nil
}

// answer returns what the response says.
func (r *searchResponse) answer() Answer {
	if r.Error != nil {
		return Answer{Refused: r.Error.reason()}
	}
	if r.TimedOut {
		return Answer{Refused: "timed out"}
	}
	var a Answer
	for _, hit := range r.Hits.Hits {
		id, err := strconv.Atoi(hit.ID)
		if err != nil {
			return Answer{Refused: "an event without a number: " + hit.ID}
		}
		a.IDs = append(a.IDs, id)
	}
	slices.Sort(a.IDs)
	return a
}
