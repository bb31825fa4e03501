package nukeviet

// exceptions counts stories in a row that the site did not give in its usual way. One
// story without a print page says nothing of the others, and the way that is left for
// it raises the site's hit counter.
type exceptions int

// enoughExceptions is how many stories in a row make the exception the rule.
const enoughExceptions = 3

// settle gives the way to begin with from now on, after a story that was found by way i.
func (e *exceptions) settle(usual, i int) int {
	if i == usual {
		*e = 0
		return usual
	}
	if *e++; *e < enoughExceptions {
		return usual
	}
	*e = 0
	return i
}
