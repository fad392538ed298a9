package eval

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"github.com/sigma-compiler/sigmac/sigma"
)

// sourceFields are the fields that tell an event's log source.
var sourceFields = [...]string{"Channel", "EventID", "Provider_Name", "product", "category", "service"}

// Their indexes, which are also their slots: Compile asks for them first.
const (
	channelField = iota
	eventIDField
	providerField
	productField
	categoryField
	serviceField
)

// A windowsSource is one fact about Windows events; lists are joined by bars.
type windowsSource struct {
	category, service           string
	channels, events, providers string
}

// compatible reports whether a rule about one log source may match events of
// another: no attribute that both have may differ (L5).
func compatible(rule, event *sigma.LogSource) bool {
	for name, value := range rule.Custom {
		if x, ok := event.Custom[name]; ok && !agree(value, x) {
			return false
		}
	}
	return agree(rule.Category, event.Category) && agree(rule.Product, event.Product) && agree(rule.Service, event.Service)
}

func agree(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }

// A source is the log source of an event as far as its fields tell it.
type source struct {
	given      sigma.LogSource // by the fields product, category and service
	windows    bool            // the event names a channel or provider of Windows
	categories []string        // what the facts about Windows say that it is
	services   []string
}

// admits reports whether events of the source are what the rule is about.
func (s *source) admits(rule *sigma.LogSource) bool {
	if !compatible(rule, &s.given) {
		return false
	}
	if !s.windows {
		return true
	}
	if rule.Product != "" && s.given.Product == "" && !strings.EqualFold(rule.Product, "windows") {
		return false
	}
	return (s.given.Category != "" || known(rule.Category, s.categories, knownCategories)) &&
		(s.given.Service != "" || known(rule.Service, s.services, knownServices))
}

// known reports whether a rule's attribute is one of those that the event
// has. One that no fact is known of is excluded only by an event that has
// others.
func known(attribute string, has []string, facts map[string]bool) bool {
	if attribute == "" || slices.Contains(has, attribute) {
		return true
	}
	return len(has) == 0 && !facts[attribute]
}

// knownCategories and knownServices are those with facts about their channel.
var knownCategories, knownServices = func() (map[string]bool, map[string]bool) {
	categories, services := map[string]bool{}, map[string]bool{}
	for i := range windowsSources {
		if w := &windowsSources[i]; w.channels != "" {
			if w.category != "" {
				categories[w.category] = true
			} else {
				services[w.service] = true
			}
		}
	}
	return categories, services
}()

// derive says what the fields of an event tell, given as text.
func derive(fields *[len(sourceFields)]string) source {
	s := source{given: sigma.LogSource{Product: fields[productField], Category: fields[categoryField], Service: fields[serviceField]}}
	channel, provider := fields[channelField], fields[providerField]
	if channel == "" && provider == "" {
		return s
	}
	event := fields[eventIDField]
	if n, ok := appendNumber(nil, []byte(event)); ok {
		event = string(n)
	}
	s.windows = channel != "" || strings.HasPrefix(provider, "Microsoft-Windows-")
	for i := range windowsSources {
		w := &windowsSources[i]
		if channel != "" && !listed(w.channels, channel) || channel == "" && !listed(w.providers, provider) {
			continue
		}
		s.windows = true
		if w.events != "" && !listed(w.events, event) {
			continue
		}
		if w.category != "" {
			s.categories = append(s.categories, w.category)
		} else {
			s.services = append(s.services, w.service)
		}
	}
	return s
}

// listed reports whether a list joined by bars has the text.
func listed(list, text string) bool {
	for list != "" {
		var one string
		if one, list, _ = strings.Cut(list, "|"); strings.EqualFold(one, text) {
			return true
		}
	}
	return false
}

// A router chooses the rules for an event by its log source.
type router struct {
	engine *Engine
	mu     sync.RWMutex
	cores  map[string]*core // by the rules that they run
	rules  int              // how many these are, of all cores together
}

// A route is where the events of one source go.
type route struct {
	core   *core
	source *source // where the core runs rules of other sources, too
}

// The bounds of what is kept for routing: cores, their rules as a multiple of
// those of the engine, and routes. Events of further sources are matched with
// all rules, and those of other sources are left out at the end.
const (
	maxCores     = 128
	maxCoreRules = 8
	maxRoutes    = 1024
)

func newRouter(e *Engine) *router { return &router{engine: e, cores: map[string]*core{}} }

// A recent is a route that was taken, with the values that led to it.
type recent struct {
	values [len(sourceFields)][]byte
	route  route
}

// recentRoutes is how many of them a session keeps, by the end of the event's
// number: looking there is quicker than in the map of all.
const recentRoutes = 16

// route returns the route of the event that the session has read.
func (r *router) route(s *Session) route {
	var values [len(sourceFields)][]byte
	for i := range sourceFields {
		if v := s.v.first(int32(i)); v >= 0 {
			if s.v.values[v].next >= 0 { // of several sources, none is excluded
				return route{core: r.engine.core}
			}
			values[i] = s.v.raw(&s.v.values[v])
		}
	}
	last := &s.recent[recentOf(values[eventIDField])]
	if last.route.core != nil && last.is(&values) {
		return last.route
	}
	s.routeKey = s.routeKey[:0]
	for _, v := range values {
		s.routeKey = append(append(s.routeKey, v...), 0)
	}
	found := r.remembered(s)
	if len(s.routeKey) <= maxRemembered {
		for i, v := range values {
			last.values[i] = append(last.values[i][:0], v...)
		}
		last.route = found
	}
	return found
}

func recentOf(event []byte) (n uint8) {
	for _, c := range event[max(len(event)-2, 0):] {
		n = n*10 + c - '0'
	}
	return n % recentRoutes
}

// is reports whether the values are those that led to the route.
func (x *recent) is(values *[len(sourceFields)][]byte) bool {
	for i := range values {
		if string(x.values[i]) != string(values[i]) {
			return false
		}
	}
	return true
}

// remembered returns the route for the key that the session has made.
func (r *router) remembered(s *Session) route {
	if found, ok := s.routes[string(s.routeKey)]; ok {
		return found
	}
	var fields [len(sourceFields)]string
	for i := range sourceFields {
		if v := s.v.first(int32(i)); v >= 0 {
			s.v.load(v, &s.cell)
			fields[i] = string(s.cell.plain)
		}
	}
	found := r.find(derive(&fields))
	if len(s.routes) >= maxRoutes || s.routes == nil {
		s.routes = make(map[string]route)
	}
	if len(s.routeKey) <= maxRemembered {
		s.routes[string(s.routeKey)] = found
	} else {
		s.routeKey = nil
	}
	return found
}

// find returns the core for a source, and makes it where there is room.
func (r *router) find(src source) route {
	e := r.engine
	var chosen []int
	var key []byte
	for _, i := range e.plan.chosen {
		if src.admits(&e.rules[i].LogSource) {
			chosen = append(chosen, i)
			key = binary.AppendUvarint(key, uint64(i))
		}
	}
	if len(chosen) == len(e.plan.chosen) {
		return route{core: e.core}
	}
	r.mu.RLock()
	c, full := r.cores[string(key)], len(r.cores) >= maxCores || r.rules+len(chosen) > maxCoreRules*len(e.plan.chosen)
	r.mu.RUnlock()
	if c == nil && full {
		return route{core: e.core, source: &src}
	}
	if c == nil {
		c = r.add(string(key), e.newCore(chosen), len(chosen))
	}
	return route{core: c}
}

// add keeps a core, or returns the one that another goroutine was quicker to
// make.
func (r *router) add(key string, c *core, rules int) *core {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.cores[key]; old != nil {
		return old
	}
	r.cores[key] = c
	r.rules += rules
	return c
}
