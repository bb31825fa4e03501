package disk_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"bantin/internal/disk"

	"bantin/internal/testneed"
)

// A folder that is not there yet will be on the disk of the one above it.
func TestAt(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		testneed.Skip(t, "a system that tells how full a disk is")
	}
	dir := t.TempDir()
	here, err := disk.At(dir)
	if err != nil || here.Total == 0 || here.Free > here.Total {
		t.Fatalf("%+v, %v", here, err)
	}
	if share := here.FreeShare(); share < 0 || share > 1 {
		t.Errorf("%v of it is free", share)
	}
	later, err := disk.At(filepath.Join(dir, "chưa", "có"))
	if err != nil || later.Total != here.Total {
		t.Errorf("%+v, %v, want %+v", later, err, here)
	}
	if share := (disk.Space{}).FreeShare(); share != 0 {
		t.Errorf("of nothing %v is free", share)
	}
}
