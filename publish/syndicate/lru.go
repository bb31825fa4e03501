package syndicate

import "container/list"

// lru keeps what was asked for last, within a number and a size. It is locked by whom it
// belongs to. Its maps are made when they are first needed.
type lru[K comparable, V any] struct {
	at    map[K]*list.Element
	order list.List // of *lruItem[K, V], the last that was asked for in front
	bytes int
}

type lruItem[K comparable, V any] struct {
	key   K
	value V
	bytes int
}

func (c *lru[K, V]) get(key K) (value V, ok bool) {
	e := c.at[key]
	if e == nil {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*lruItem[K, V]).value, true
}

// put keeps a value of some bytes, and drops the oldest beyond a number and a size; the
// last one always stays.
func (c *lru[K, V]) put(key K, value V, bytes, most, mostBytes int) {
	c.drop(key)
	if c.at == nil {
		c.at = map[K]*list.Element{}
	}
	c.at[key] = c.order.PushFront(&lruItem[K, V]{key, value, bytes})
	c.bytes += bytes
	for c.order.Len() > most || c.bytes > mostBytes && c.order.Len() > 1 {
		c.drop(c.order.Back().Value.(*lruItem[K, V]).key)
	}
}

func (c *lru[K, V]) drop(key K) {
	e := c.at[key]
	if e == nil {
		return
	}
	c.bytes -= c.order.Remove(e).(*lruItem[K, V]).bytes
	delete(c.at, key)
}

func (c *lru[K, V]) dropIf(isOld func(value *V) bool) {
	for key, e := range c.at {
		if isOld(&e.Value.(*lruItem[K, V]).value) {
			c.drop(key)
		}
	}
}
