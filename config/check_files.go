package config

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"bantin"
)

// file checks that a file exists and can be read.
func (k *checker) file(text *string, path string) {
	k.path(text, path)
	f, err := os.Open(*text)
	if err != nil {
		k.missing(path, both("tệp %q", "the file %q", k.at(path).raw), err, bantin.Words{})
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		k.wrong(path, "%q là thư mục, cần một tệp", "%q is a folder, not a file", bantin.Words{})
	}
}

// folder checks that a folder exists. A source's folder may be missing: a share
// that is not mounted yet must not stop the pages, the other sources and the mail.
func (k *checker) folder(text *string, path string) {
	k.path(text, path)
	info, err := os.Stat(*text)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(path, "sources["):
		k.report.warn(k.at(path), both("thư mục %q không tồn tại", "the folder %q does not exist", k.at(path).raw),
			both("tạo thư mục ấy, hoặc sửa đường dẫn; khi có thì sẽ được đọc", "create it, or correct the path; it is read as soon as it exists"))
	case err != nil:
		k.missing(path, both("thư mục %q", "the folder %q", k.at(path).raw), err, both("tạo thư mục ấy, hoặc sửa đường dẫn", "create it, or correct the path"))
	case !info.IsDir():
		k.wrong(path, "%q là tệp, cần một thư mục", "%q is a file, not a folder", bantin.Words{})
	}
}

// missing reports why a file cannot be opened. The default hint says that paths are
// relative, the most common cause.
func (k *checker) missing(path string, what bantin.Words, err error, hint bantin.Words) {
	why := unreadable(err)
	if errors.Is(err, fs.ErrNotExist) {
		why = both("không tồn tại", "does not exist")
	}
	if hint == (bantin.Words{}) {
		hint = both("đường dẫn tương đối tính từ thư mục của tệp YAML này", "relative paths are relative to the folder of this YAML file")
	}
	k.report.add(k.at(path), bantin.Words{VI: what.VI + ": " + why.VI, EN: what.EN + ": " + why.EN}, hint)
}
