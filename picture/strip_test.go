package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
)

// secret stands in all that a picture says beside what it shows.
const secret = "21.0285N 105.8542E"

// tinyWebP is a lossless WebP of one pixel.
const tinyWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

// jpegSegment is a segment of a JPEG.
func jpegSegment(mark byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, mark}, uint16(len(data)+2)), data...)
}

// manyScans is a JPEG that repeats its scan.
func manyScans(t *testing.T, n int) []byte {
	whole := encode(t, "jpeg", 40, 30)
	scan := bytes.Index(whole, []byte{0xff, 0xda})
	body := whole[scan : len(whole)-2]
	return slices.Concat(whole[:scan], bytes.Repeat(body, n), []byte{0xff, 0xd9})
}

func pngChunk(kind, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, kind+data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(kind+data)))
}

func riffChunk(kind, data string) string {
	return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data + strings.Repeat("\x00", len(data)%2)
}

// told are pictures of all kinds that say more than they show.
func told(t testing.TB) map[string][]byte {
	jpg, png, anim := encode(t, "jpeg", 40, 30), encode(t, "png", 40, 30), animation(t)
	lossless, err := base64.StdEncoding.DecodeString(tinyWebP)
	if err != nil {
		t.Fatal(err)
	}
	webp := "WEBP" + riffChunk("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00") + string(lossless[12:]) + riffChunk("EXIF", secret+".") + riffChunk("XMP ", secret) + riffChunk("abcd", secret)
	extension := func(kind byte, blocks string) string {
		return "!" + string([]byte{kind}) + blocks + "\x00"
	}
	block := func(text string) string { return string([]byte{byte(len(text))}) + text }
	const colours = 13 // each image has its own
	return map[string][]byte{
		"JPEG": slices.Concat(jpg[:2], jpegSegment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x03\x03"+secret), jpegSegment(0xe1, "Exif\x00\x00MM\x00*"+secret),
			jpegSegment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret), jpegSegment(0xed, "Photoshop 3.0\x00"+secret), jpegSegment(0xfe, secret), jpegSegment(0xee, "Adobe\x00d\x00\x00\x00\x00\x00\x01"+secret), jpg[2:], []byte(secret)),
		"PNG":                 slices.Concat(png[:33], pngChunk("tEXt", "GPS\x00"+secret), pngChunk("eXIf", secret), pngChunk("iTXt", secret), pngChunk("tIME", secret), pngChunk("prVt", secret), png[33:], []byte(secret)),
		"GIF":                 slices.Concat(anim[:colours], []byte(extension(0xfe, block(secret))+extension(0xff, block("XMP DataXMP")+block(secret))+extension(0x01, block(secret[:12])+block(secret))), anim[colours:], []byte(secret)),
		"GIF without its end": slices.Concat(anim[:len(anim)-1], []byte("\x00"+secret)),
		"WebP":                []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(webp)))) + webp + secret),
	}
}

func animation(t testing.TB) []byte {
	t.Helper()
	frame := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{7, 9}, LoopCount: 3}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What a picture says beside what it shows is not stored, and it shows the same.
func TestPutStrips(t *testing.T) {
	for name, raw := range told(t) {
		s := open(t)
		p, err := s.Put(bytes.NewReader(raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kept, err := fs.ReadFile(s.FS(), p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(kept, []byte(secret)) || bytes.Contains(kept, []byte(secret[:8])) {
			t.Errorf("%s: it still says it", name)
		}
		was, _, err1 := image.Decode(bytes.NewReader(raw))
		is, _, err2 := image.Decode(bytes.NewReader(kept))
		if err1 != nil || err2 != nil || was.Bounds() != is.Bounds() || was.At(0, 0) != is.At(0, 0) {
			t.Errorf("%s: it shows something else: %v, %v", name, err1, err2)
		}
		if again, err := s.Put(bytes.NewReader(kept)); err != nil || again.Length != p.Length {
			t.Errorf("%s: what is stored changes when it comes in: %+v, %v", name, again, err)
		}
		if strings.HasPrefix(name, "GIF") {
			all, err := gif.DecodeAll(bytes.NewReader(kept))
			if err != nil || len(all.Image) != 2 || all.LoopCount != 3 || all.Delay[1] != 9 {
				t.Errorf("%s: the animation is %+v, %v", name, all, err)
			}
		}
	}
}

// The colours stay what they were: profile and kind of colours are kept.
func TestPutKeepsColours(t *testing.T) {
	jpg := encode(t, "jpeg", 40, 30)
	profile := jpegSegment(0xe2, "ICC_PROFILE\x00\x01\x01màu")
	s := open(t)
	p, err := s.Put(bytes.NewReader(slices.Concat(jpg[:2], profile, jpg[2:])))
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := fs.ReadFile(s.FS(), p.Name); err != nil || !bytes.Contains(kept, profile) {
		t.Errorf("no profile: %v", err)
	}
}

// Many pictures come at once: each waits for its turn, and all are stored.
func TestPutMany(t *testing.T) {
	s := open(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := s.Put(bytes.NewReader(encode(t, "png", 1400, 20+i))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if names := list(t, s); len(names) != 8 {
		t.Errorf("%d are stored", len(names))
	}
}
