package esqlread

// depth returns how deep expressions lie in one another, as the engine counts:
// it reads a chain of "or" as the first two parts, with each other part one
// level further out. The count is not more than the engine's.
func depth(g *orGrammar) int {
	most := 0
	for i, part := range g.Parts {
		most = max(most, depthInChain(i, len(g.Parts))+depthAnd(part))
	}
	return most
}

// depthInChain returns how deep the i-th of n parts of a chain lies in it.
func depthInChain(i, n int) int { return n - max(i, 1) }

func depthAnd(g *andGrammar) int {
	most := 0
	for i, part := range g.Parts {
		most = max(most, depthInChain(i, len(g.Parts))+part.Nots.count+depthPredicate(part))
	}
	return most
}

func depthPredicate(g *notGrammar) int {
	d := depthSum(g.Left)
	if g.Op != nil {
		d = 1 + max(d, depthSum(g.Right))
	}
	if g.In != nil {
		for _, v := range g.In.Values {
			d = max(d, depthSum(v))
		}
	}
	if g.In != nil || g.Plain != nil {
		d++
	}
	return d
}

func depthSum(g *sumGrammar) int {
	most := depthInChain(0, 1+len(g.Rest)) + depthUnary(g.First)
	for i, rest := range g.Rest {
		most = max(most, depthInChain(i+1, 1+len(g.Rest))+depthUnary(rest))
	}
	return most
}

func depthUnary(g *unaryGrammar) int {
	most := 0
	switch {
	case g.Group != nil:
		most = depth(g.Group)
	case g.Call != nil:
		for _, arg := range g.Call.Args {
			most = max(most, depth(arg))
		}
	}
	return 1 + most + len(g.Casts)
}
