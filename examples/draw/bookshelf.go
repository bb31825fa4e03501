package main

// bookshelf is a reading corner: three boards of books, a lamp and a stool.
func bookshelf(c *canvas) {
	c.fill(wash, rect(0, 0, width, height))
	c.fill(cream, circle(1000, 340, 262))
	c.fill(mist, rect(0, 590, width, 85))
	c.fill(sage, rect(0, 586, width, 6))
	c.fill(violet, round(70, 44, 730, 560, 10))
	for i := range 3 {
		c.fill(cream, rect(90, 62+float32(i)*178, 690, 160))
		c.fill(lilac, rect(90, 62+float32(i)*178, 690, 12))
	}
	upperBoard(c, 222)
	middleBoard(c, 400)
	lowerBoard(c, 578)
	lamp(c)
	stool(c)
}

func upperBoard(c *canvas, y float32) {
	end := row(c, 104, y, []volume{{34, 118, violet}, {28, 104, sage}, {40, 128, sand}, {26, 96, mauve}, {32, 122, lilac}, {30, 110, violet}})
	lean(c, end+8, y, 30, 112, mauve)
	pile(c, 412, y, []volume{{120, 26, sage}, {106, 24, sand}, {112, 22, violet}})
	plant(c, 420, y-72)
	row(c, 500, y, []volume{{36, 124, mist}, {28, 100, violet}, {32, 116, sand}, {26, 108, sage}, {40, 130, mauve}, {30, 98, lilac}, {34, 120, violet}, {28, 106, sand}})
}

func middleBoard(c *canvas, y float32) {
	pile(c, 168, y, []volume{{118, 24, mauve}, {110, 22, sand}, {114, 26, lilac}, {98, 20, violet}})
	end := row(c, 250, y, []volume{{30, 112, sand}, {36, 126, violet}, {26, 98, mist}, {34, 118, sage}, {28, 106, mauve}, {38, 130, violet}, {30, 110, sand}})
	lean(c, end+8, y, 32, 116, sage)
	globe(c, 590, y)
	row(c, 666, y, []volume{{32, 120, violet}, {26, 100, lilac}, {36, 128, sage}})
}

func lowerBoard(c *canvas, y float32) {
	end := row(c, 104, y, []volume{{40, 130, sage}, {32, 118, violet}, {28, 102, sand}, {36, 124, lilac}, {30, 112, mauve}, {34, 126, violet}, {26, 96, mist}, {38, 120, sand}})
	lean(c, end+8, y, 34, 120, violet)
	pile(c, 520, y, []volume{{130, 26, violet}, {116, 24, mist}, {122, 28, sand}, {104, 22, mauve}, {110, 22, sage}})
	row(c, 604, y, []volume{{30, 108, mauve}, {36, 128, violet}, {28, 100, sage}, {34, 122, sand}, {30, 114, lilac}})
}

// lean sets a book with its foot at x, y against what stands left of it.
func lean(c *canvas, x, y, w, h float32, i ink) {
	angle := float32(-9)
	c.fill(i, round(x+10, y-h, w, h, 2).turned(x+10, y, angle))
	c.fill(cream, rect(x+10, y-h+14, w, 4).turned(x+10, y, angle), rect(x+10, y-20, w, 3).turned(x+10, y, angle))
}

// plant is a pot at x whose foot is at y.
func plant(c *canvas, x, y float32) {
	leaf := append(curve(0, 0, 8, -26, 3, -54), curve(3, -54, -6, -28, 0, 0)...)
	for _, angle := range []float32{-64, -38, -12, 14, 40, 66} {
		c.fill(sage, leaf.turned(0, 0, angle).moved(x+angle/6, y-30))
	}
	c.fill(lilac, polygon(x-24, y-30, x+24, y-30, x+17, y-2, x-17, y-2))
	c.fill(mauve, rect(x-27, y-34, 54, 8))
}

// globe stands on a foot at x, y. It shows no lands, only its grid.
func globe(c *canvas, x, y float32) {
	c.fill(violet, round(x-30, y-10, 60, 10, 4), rect(x-4, y-34, 8, 28))
	c.fill(sand, stroke(arc(x, y-78, 54, 54, -70, 110), 6))
	c.fill(lilac, circle(x, y-78, 46))
	c.fill(mauve, stroke(ellipse(x, y-78, 18, 46).turned(x, y-78, 20), 3), stroke(ellipse(x, y-78, 46, 14).turned(x, y-78, 20), 3))
	c.fill(mauve, stroke(ellipse(x, y-78, 45, 45), 3))
}

// lamp stands on the floor and lights the stool.
func lamp(c *canvas) {
	c.fill(violet, round(1060, 596, 100, 12, 6), rect(1107, 200, 7, 400))
	c.fill(violet, stroke(curve(1110.5, 206, 1106, 150, 1060, 128, 1010, 140), 7))
	c.fill(sand, polygon(984, 138, 1036, 138, 1072, 216, 948, 216))
	c.fill(cream, arc(1010, 216, 26, 16, 0, 180))
}

// stool has an open book on it.
func stool(c *canvas) {
	c.fill(mauve, polygon(912, 500, 926, 500, 908, 622, 892, 622), polygon(1066, 500, 1080, 500, 1100, 622, 1084, 622))
	c.fill(mauve, rect(906, 566, 180, 9))
	c.fill(violet, round(884, 484, 224, 24, 12))
	left := append(curve(996, 478, 960, 456, 916, 466), point{906, 484}, point{996, 488})
	right := append(curve(996, 478, 1032, 456, 1076, 466), point{1086, 484}, point{996, 488})
	c.fill(sand, left.moved(0, 6), right.moved(0, 6))
	c.fill(wash, left, right)
	c.fill(mauve, stroke(curve(996, 479, 960, 457, 916, 467), 2.5), stroke(curve(996, 479, 1032, 457, 1076, 467), 2.5))
}
