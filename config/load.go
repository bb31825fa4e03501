package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"

	"bantin"
)

// maxFileBytes limits the size of the file. A hundred digests take some 50 KB.
const maxFileBytes = 1 << 20

// Load reads the file at path. The Config is complete if the report's Err is nil;
// otherwise it holds what could be read.
func Load(path string) (*Config, *Report) {
	data, err := read(path)
	if err != nil {
		r := &Report{name: path}
		r.add(spot{}, unreadable(err), hintFor(path, err))
		return &Config{Path: path}, r
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	c, r := Parse(path, data, filepath.Dir(absolute))
	c.Path = absolute
	return c, r
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// One byte more than is allowed, so that Parse sees that it is too large.
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}

func unreadable(err error) bantin.Words {
	var path *fs.PathError
	switch {
	case errors.Is(err, syscall.EISDIR):
		return both("đây là thư mục", "this is a folder")
	case errors.Is(err, fs.ErrNotExist):
		return both("không có tệp này", "the file does not exist")
	case errors.Is(err, fs.ErrPermission):
		return both("không có quyền đọc", "no permission to read it")
	case errors.As(err, &path):
		return both("không đọc được: %v", "cannot be read: %v", path.Err)
	}
	return both("không đọc được: %v", "cannot be read: %v", err)
}

// hintFor returns the hint for a file that cannot be read.
func hintFor(path string, err error) bantin.Words {
	switch {
	case errors.Is(err, syscall.EISDIR):
		return both("ghi cả tên tệp: %s", "name the file: %s", filepath.Join(path, "bantin.yaml"))
	case errors.Is(err, fs.ErrNotExist):
		return both("ghi đường dẫn của tệp sau --config; `bantin init` viết một tệp mẫu", "give its path with --config; `bantin init` writes a sample file")
	}
	return bantin.Words{}
}

// Parse reads data as Load reads a file. name is the file's name in problems, and
// relative paths are relative to dir.
func Parse(name string, data []byte, dir string) (*Config, *Report) {
	c := &Config{Path: filepath.Join(dir, filepath.Base(name))}
	r := &Report{name: name}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	r.lines = strings.Split(text, "\n")
	d := &decoder{report: r, spots: map[string]spot{}}
	setDefaults(reflect.ValueOf(c).Elem())
	if root, ok := d.parse(text); ok {
		d.value(root, reflect.ValueOf(c).Elem(), key{}, "")
		check(c, d, dir)
	}
	r.sort()
	return c, r
}

// setDefaults fills in the defaults of the tags recursively. Entries of lists get
// theirs when they are read.
func setDefaults(v reflect.Value) {
	for _, k := range keysOf(v.Type()) {
		f := v.FieldByIndex(k.index)
		if f.Kind() == reflect.Struct && k.kind != reflect.TypeFor[Rate]() {
			setDefaults(f)
			continue
		}
		if k.missing == "" {
			continue
		}
		if err := setDefault(f, k.missing); err != nil {
			panic(fmt.Sprintf("default of %s.%s: %v", k.owner, k.field, err)) // a slip in a tag, found by every test
		}
	}
}

func setDefault(v reflect.Value, text string) error {
	if v.Kind() != reflect.Slice {
		return setText(v, text)
	}
	for part := range strings.SplitSeq(text, ",") {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := setText(item, part); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
	}
	return nil
}
