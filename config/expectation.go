package config

import (
	"reflect"

	"bantin"
)

// kindName names the type of a key's value.
func (k key) kindName() bantin.Words {
	t := k.kind
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t != reflect.TypeFor[Lines]() {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Duration]():
		return both("một khoảng thời gian", "a duration")
	case t == reflect.TypeFor[Rate]():
		return both("một tốc độ", "a rate")
	case t == reflect.TypeFor[Percent]():
		return both("một tỷ lệ phần trăm", "a percentage")
	case t.Kind() == reflect.Int:
		return both("một số nguyên", "a whole number")
	case t.Kind() == reflect.Bool:
		return both("true hoặc false", "true or false")
	case t.Kind() == reflect.Struct:
		return both("các khóa", "keys and values")
	}
	return both("văn bản", "a text")
}

// expectation describes the values that a key accepts.
func (k key) expectation() bantin.Words {
	t := k.kind
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case k.choices != nil:
		return possible(k.choices)
	case t == reflect.TypeFor[Duration]():
		return both("viết như 90s, 15m, 24h hoặc 31d", "write it as 90s, 15m, 24h or 31d")
	case t == reflect.TypeFor[Rate]():
		return both("viết như 20/s, 100/m, 1000/h hoặc 500/d", "write it as 20/s, 100/m, 1000/h or 500/d")
	case t == reflect.TypeFor[Percent]():
		return both("từ %d%% đến %d%%, viết như 10%%", "from %d%% to %d%%, written as 10%%", minPercent, maxPercent)
	case t.Kind() == reflect.Int && k.max > 0:
		return both("từ %d đến %d", "from %d to %d", k.min, k.max)
	case t.Kind() == reflect.Bool:
		return possible([]string{"true", "false"})
	case t.Kind() == reflect.Struct:
		return possible(names(keysOf(t)))
	case k.example != "":
		return both(`ví dụ "%s"`, `for example "%s"`, k.example)
	}
	return both("đặt văn bản trong dấu nháy kép", "put text in quotes")
}

func rootKeys() []key { return keysOf(reflect.TypeFor[Config]()) }
