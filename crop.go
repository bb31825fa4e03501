package bantin

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Crop is a size in pixels to which pictures are cut, at most: a smaller picture keeps
// its size and gets the ratio.
type Crop struct{ Width, Height int }

// The crops that there are. Lists and mails show 3:2, so that a portrait does not fill a
// telephone; a preview of a shared link is 1.91:1.
var (
	CropThumb   = Crop{336, 224}  // in a list, as wide as a telephone
	CropDense   = Crop{504, 336}  // the same on a dense screen, and no heavier
	CropList    = Crop{656, 437}  // in a mail, as wide as a telephone, twice as dense
	CropLead    = Crop{1032, 688} // as wide as a mail, twice as dense
	CropPreview = Crop{1200, 630}
)

// Crop is the image cut to c, and whether there is one: only of pictures that we serve.
// Its address never changes what it shows, as that of the image.
func (i *Image) Crop(c Crop) (Image, bool) {
	name, ours := strings.CutPrefix(i.Src, "/images/")
	if !ours || strings.Contains(name, "/") {
		return Image{}, false
	}
	out := *i
	stem := strings.TrimSuffix(name, path.Ext(name))
	out.Src = fmt.Sprintf("/images/%s-%dx%d.jpg", stem, c.Width, c.Height)
	out.Type, out.Length = "image/jpeg", 0
	out.Width, out.Height = c.within(i.Width, i.Height)
	return out, true
}

// within is the size of a picture of w × h after it was cut; of an unknown one the
// crop's own.
func (c Crop) within(w, h int) (width, height int) {
	if w <= 0 || h <= 0 {
		return c.Width, c.Height
	}
	if w*c.Height > h*c.Width {
		return min(c.Width, max(1, h*c.Width/c.Height)), min(c.Height, h)
	}
	return min(c.Width, w), min(c.Height, max(1, w*c.Height/c.Width))
}

var cropName = regexp.MustCompile(`^([0-9a-z_]{1,64})-(\d{2,4})x(\d{2,4})\.jpg$`)

// ParseCrop reads the name of a cropped picture: that of its picture without an ending,
// and the crop. Only the crops above are valid, so that nobody can have others made.
func ParseCrop(name string) (stem string, c Crop, ok bool) {
	m := cropName.FindStringSubmatch(name)
	if m == nil {
		return "", Crop{}, false
	}
	c.Width, _ = strconv.Atoi(m[2])
	c.Height, _ = strconv.Atoi(m[3])
	return m[1], c, c == CropThumb || c == CropDense || c == CropList || c == CropLead || c == CropPreview
}
