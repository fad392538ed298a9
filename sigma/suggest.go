package sigma

// Nearest returns the candidate that word was most likely meant to be, or ""
// where none is near: at most a third of the letters wrong, swapped, missing
// or too many.
func Nearest(word string, candidates []string) string {
	best, bestDistance := "", len(word)/3+1
	if len(word) > 100 {
		return ""
	}
	var w workspace
	for _, c := range candidates {
		if d := w.distance(word, c, bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// A workspace is the rows that distances are computed in, from the oldest.
type workspace [3][]int

// distance returns the edit distance of two strings with swaps of neighbours
// counted as one, or most where it is at least that.
func (w *workspace) distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	for i := range w {
		if cap(w[i]) <= len(b) {
			w[i] = make([]int, len(b)+1, 2*len(b)+1)
		}
		w[i] = w[i][:len(b)+1]
	}
	older, old, row := w[0], w[1], w[2]
	for j := range row {
		row[j] = j
	}
	least := 0 // of the row before
	for i := 1; i <= len(a); i++ {
		older, old, row = old, row, older
		before := least
		row[0], least = i, i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
			least = min(least, row[j])
		}
		if min(before, least) >= most {
			return most // no later row has less than the two before it
		}
	}
	return min(row[len(b)], most)
}
