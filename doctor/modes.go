package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"bantin"
	"bantin/store"
)

// Who else may have what rights on a file.
const (
	othersRead  fs.FileMode = 0o004
	othersWrite fs.FileMode = 0o002
	groupWrite  fs.FileMode = 0o020
)

// checkModes looks who may read secrets and addresses, and who may change the
// configuration.
func checkModes(_ context.Context, o *Options) Finding {
	if runtime.GOOS == "windows" {
		return skipped(words("Windows không có quyền tệp kiểu này", "Windows has no such file modes"))
	}
	files := o.Files
	for _, suffix := range []string{"", "-wal", "-shm"} {
		files = append(files, File{Path: filepath.Join(o.Data, store.File+suffix), Key: "data", Secret: true})
	}
	files = append(files, File{Path: filepath.Join(o.Data, "outbox"), Key: "data", Secret: true})
	var bad, doubtful []bantin.Words
	for _, file := range files {
		info, err := os.Stat(file.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			bad = append(bad, words("%v", "%v", err))
			continue
		}
		mode := info.Mode().Perm()
		switch {
		case file.Secret && mode&othersRead != 0 && !info.IsDir(), file.Secret && info.IsDir() && mode&0o005 == 0o005:
			bad = append(bad, words("ai cũng đọc được %s (%04o)", "everybody may read %s (%04o)", file.Path, mode))
		case mode&othersWrite != 0:
			bad = append(bad, words("ai cũng sửa được %s (%04o)", "everybody may change %s (%04o)", file.Path, mode))
		case mode&groupWrite != 0 && file.Secret:
			doubtful = append(doubtful, words("nhóm sửa được %s (%04o)", "the group may change %s (%04o)", file.Path, mode))
		}
	}
	hint := words("chỉ để người chạy bantin đọc và sửa: chmod 600 TỆP (thư mục: chmod 700)", "let only the user that runs bantin read and change them: chmod 600 FILE (a folder: chmod 700)")
	switch {
	case len(bad) > 0:
		return failed(join(bad...), hint)
	case len(doubtful) > 0:
		return warning(join(doubtful...), hint)
	}
	return ok(words("chỉ người chạy bantin đọc được khóa và cơ sở dữ liệu", "secrets and database are readable by the user that runs bantin alone"))
}
