// Package mutants holds mistakes that could be made in the backends, to see
// whether the proof of their queries notices them: a proof that lets a mistake
// through proves nothing. list.txt has them; the test makes one at a time and
// runs the proof.
package mutants
