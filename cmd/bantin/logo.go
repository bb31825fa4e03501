package main

import (
	"os"

	"bantin"
	"bantin/config"
	"bantin/picture"
)

// logo stores the logo, and gives it with the size at which it is shown; nil where there
// is none. One that is no picture stops neither pages nor mail, which come without it.
func (w *deps) logo(file string) *bantin.Image {
	if file == "" {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		w.log.Warn("logo is not shown", "error", err)
		return nil
	}
	defer f.Close()
	p, err := w.pictures.PutLogo(f)
	if err != nil {
		w.log.Warn("logo is not shown", "file", file, "error", err)
		return nil
	}
	width, height := p.Width, p.Height
	if most := picture.MaxLogoHeight / 2; height > most {
		width, height = max(1, width*most/height), most
	}
	if most := picture.MaxLogoWidth / 2; width > most {
		width, height = most, max(1, height*most/width)
	}
	return &bantin.Image{Src: "/images/" + p.Name, Type: p.Type, Width: width, Height: height, Length: p.Length}
}

// logoProblems warns of a logo that is no picture.
func logoProblems(file string, c *config.Config) []config.Problem {
	if c.Site.Logo == "" {
		return nil
	}
	f, err := os.Open(c.Site.Logo)
	if err == nil {
		defer f.Close()
		err = picture.CheckLogo(f)
	}
	if err == nil {
		return nil
	}
	return []config.Problem{{File: file, Warning: true, Message: bantin.Say("logo %s không dùng được, trang web và thư sẽ không có logo: %v",
		"the logo %s cannot be used, so pages and mail come without it: %v", c.Site.Logo, err), Hint: bantin.Words{
		VI: "dùng ảnh PNG, JPEG, GIF hoặc WebP",
		EN: "use a picture of the kind PNG, JPEG, GIF or WebP",
	}}}
}
