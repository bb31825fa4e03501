package picture

// Blocks of GIF89a, and kinds of extensions.
const (
	gifExtension, gifImage, gifTrailer = 0x21, 0x2c, 0x3b
	gifControl, gifApplication         = 0xf9, 0xff
)

// stripGIF copies a GIF block by block: screen, colours, images and their timing.
// Comments, plain texts and extensions of applications are left out, except for the
// one that says how often an animation repeats. Many programs write no trailer, or
// something else behind the last image: the picture ends there.
func stripGIF(raw []byte) ([]byte, error) {
	const head = 13
	if len(raw) < head || head+colourTable(raw[10]) > len(raw) {
		return nil, errDamaged
	}
	at, images := head+colourTable(raw[10]), 0
	out := append(make([]byte, 0, len(raw)), raw[:at]...)
	for at < len(raw) && raw[at] != gifTrailer {
		end := behindGIFBlock(raw, at)
		if end < 0 {
			break
		}
		if isShownGIF(raw[at:end]) {
			out = append(out, raw[at:end]...)
		}
		if raw[at] == gifImage {
			images++
		}
		at = end
	}
	if images == 0 {
		return nil, errDamaged
	}
	return append(out, gifTrailer), nil
}

// behindGIFBlock is where an image or an extension ends, or -1.
func behindGIFBlock(raw []byte, at int) int {
	const descriptor = 10
	switch {
	case raw[at] == gifExtension:
		return behindBlocks(raw, at+2)
	case raw[at] == gifImage && at+descriptor <= len(raw):
		return behindBlocks(raw, at+descriptor+colourTable(raw[at+descriptor-1])+1) // the width of codes stands between
	}
	return -1
}

// isShownGIF reports whether a block decides what is shown.
func isShownGIF(block []byte) bool {
	return block[0] == gifImage || block[1] == gifControl || block[1] == gifApplication && isLoop(block[2:])
}

// colourTable is how many bytes the table of colours has that the flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// isLoop recognises the extension that repeats an animation: 11 bytes that name it and
// one block of three.
func isLoop(blocks []byte) bool {
	const named = "\x0bNETSCAPE2.0\x03\x01"
	return len(blocks) == 17 && string(blocks[:len(named)]) == named
}

// behindBlocks is where a chain of data blocks ends, or -1.
func behindBlocks(raw []byte, at int) int {
	for at < len(raw) {
		if raw[at] == 0 {
			return at + 1
		}
		at += 1 + int(raw[at])
	}
	return -1
}
