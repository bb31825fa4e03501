package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// A camera that was held upright writes the picture as the sensor saw it, and an Exif
// tag that says how to rotate it. Scaling loses the tag, and many mail programs ignore
// it, so pictures are rotated here.

// orientation is the Exif orientation of a JPEG, from 1 (upright) to 8 (Exif 2.3,
// 4.6.4, tag 274).
func orientation(raw []byte) int {
	const startOfScan, app1 = 0xda, 0xe1
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff; {
		end := at + 2 + int(binary.BigEndian.Uint16(raw[at+2:]))
		if raw[at+1] == startOfScan || end <= at+3 || end > len(raw) {
			break
		}
		if tiff, ok := bytes.CutPrefix(raw[at+4:end], []byte("Exif\x00\x00")); ok && raw[at+1] == app1 {
			return orientationIn(tiff)
		}
		at = end
	}
	return 1
}

// orientationIn reads the tag from the first directory of a TIFF.
func orientationIn(tiff []byte) int {
	const header, entry, tag = 8, 12, 274
	if len(tiff) < header {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	directory := uint64(order.Uint32(tiff[4:]))
	if directory+2 > uint64(len(tiff)) {
		return 1
	}
	rest := tiff[directory+2:]
	for range order.Uint16(tiff[directory:]) {
		if len(rest) < entry {
			return 1
		}
		if n := order.Uint16(rest[8:]); order.Uint16(rest) == tag && n >= 1 && n <= 8 {
			return int(n)
		}
		rest = rest[entry:]
	}
	return 1
}

// swapsSides reports whether the rotation swaps width and height.
func swapsSides(orientation int) bool { return orientation >= 5 }

// turn rotates and mirrors the picture upright.
func turn(img *image.RGBA, orientation int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if swapsSides(orientation) {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			to := turnedPoint(x, y, w, h, orientation)
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], img.Pix[img.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turnedPoint is the position of a pixel after the rotation.
func turnedPoint(x, y, w, h, orientation int) image.Point {
	right, down := w-1-x, h-1-y
	return [...]image.Point{
		1: {X: x, Y: y}, 2: {X: right, Y: y}, 3: {X: right, Y: down}, 4: {X: x, Y: down},
		5: {X: y, Y: x}, 6: {X: down, Y: x}, 7: {X: down, Y: right}, 8: {X: y, Y: right},
	}[orientation]
}
