package main

// boat carries books over a river of the delta.
func boat(c *canvas) {
	c.fill(wash, rect(0, 0, width, height))
	c.fill(cream, circle(300, 255, 118))
	c.fill(sand, circle(300, 255, 74))
	cloud(c, 620, 96, 1)
	c.fill(mist, ground(-20, 330, 120, 305, 300, 322, 480, 300, 700, 318, 900, 290, 1080, 306, 1220, 285))
	for _, p := range []struct{ x, y, size float32 }{{95, 345, 0.8}, {905, 335, 0.9}, {1000, 345, 1.25}, {1120, 340, 1}} {
		palm(c, p.x, p.y, p.size)
	}
	c.fill(sage, ground(-20, 350, 150, 336, 330, 352, 560, 342, 800, 352, 960, 330, 1220, 328))
	c.fill(lilac, ground(-20, 378, 600, 372, 1220, 378))
	water(c)
	books(c)
	hull(c)
	rower(c)
	c.fill(wash, round(250, 585, 180, 8, 4), round(700, 600, 230, 8, 4), round(470, 626, 150, 8, 4))
}

// water is light on the river.
func water(c *canvas) {
	c.fill(sand, round(240, 396, 120, 7, 3.5), round(262, 418, 84, 7, 3.5), round(276, 440, 50, 7, 3.5))
	for i, x := range []float32{40, 520, 760, 980, 120, 1050, 20, 900, 330, 1010} {
		y := 404 + float32(i)*26
		c.fill(wash, round(x, y, 90+float32(i*37%80), 6, 3))
	}
	c.fill(mauve, ellipse(610, 572, 322, 36))
}

// palm is a coconut tree that leans a little.
func palm(c *canvas, x, y, size float32) {
	top := point{x + 26*size, y - 150*size}
	c.fill(mauve, stroke(curve(x, y, x+6*size, y-70*size, top.x, top.y), 9*size))
	leaf := append(curve(0, 0, 40*size, -22*size, 86*size, 22*size), curve(86*size, 22*size, 40*size, -2*size, 0, 8*size)...)
	for _, angle := range []float32{-62, -24, 10, 40} {
		right := leaf.turned(0, 0, angle)
		c.fill(sage, right.moved(top.x, top.y), right.mirrored().moved(top.x, top.y))
	}
	c.fill(sand, circle(top.x-5*size, top.y+9*size, 7*size), circle(top.x+8*size, top.y+8*size, 7*size))
}

// hull is the boat itself.
func hull(c *canvas) {
	side := append(curve(250, 438, 330, 490, 600, 512, 850, 492, 960, 425), curve(960, 425, 930, 530, 850, 578, 600, 592, 370, 576, 290, 522, 250, 438)...)
	c.fill(violet, side)
	c.fill(mauve, stroke(curve(250, 440, 330, 492, 600, 514, 850, 494, 960, 427), 11))
	c.fill(mauve, stroke(curve(318, 540, 420, 558, 600, 566, 790, 558, 890, 536), 5))
	c.fill(cream, circle(326, 508, 15))
	c.fill(violet, circle(323, 509, 7))
}

// books stand and lie in the boat, some under its roof of leaves.
func books(c *canvas) {
	c.fill(sand, arc(490, 514, 140, 176, 180, 360))
	c.fill(mauve, arc(490, 514, 116, 150, 180, 360))
	for _, r := range []float32{140, 128} {
		c.fill(cream, stroke(arc(490, 514, r, r*1.25, 180, 360), 3))
	}
	row(c, 402, 514, []volume{{20, 96, violet}, {24, 112, cream}, {18, 88, sage}, {26, 104, sand}, {20, 116, lilac}, {22, 92, cream}, {24, 108, violet}, {18, 98, mist}})
	pile(c, 668, 512, []volume{{104, 22, sand}, {92, 20, violet}, {98, 24, cream}, {84, 18, sage}, {90, 20, mauve}})
	row(c, 786, 504, []volume{{20, 74, sage}, {22, 88, violet}, {18, 68, sand}})
}

// volume is a book: its breadth and height as it stands, and its colour.
type volume struct {
	w, h   float32
	colour ink
}

// band is the colour of the lines on its back.
func (v volume) band() ink {
	if v.colour == cream || v.colour == mist {
		return mauve
	}
	return cream
}

// row sets books upright from x on, on a board at y, and gives where it ends.
func row(c *canvas, x, y float32, all []volume) float32 {
	for _, b := range all {
		c.fill(b.colour, round(x, y-b.h, b.w-2, b.h, 2))
		c.fill(b.band(), rect(x, y-b.h+12, b.w-2, 4), rect(x, y-16, b.w-2, 3))
		x += b.w
	}
	return x
}

// pile lays books upon each other from y upwards, round x.
func pile(c *canvas, x, y float32, all []volume) {
	for i, b := range all {
		y -= b.h
		left := x - b.w/2 + float32(i*7%11) - 5
		c.fill(b.colour, round(left, y, b.w, b.h-2, 3))
		c.fill(b.band(), rect(left+12, y, 4, b.h-2), rect(left+b.w-18, y, 4, b.h-2))
	}
}

// rower stands at the stern and leans on the oar.
func rower(c *canvas) {
	c.fill(sand, stroke(polygon(768, 330, 1010, 628), 8))
	c.fill(sand, ellipse(996, 612, 34, 12).turned(996, 612, 51))
	c.fill(violet, polygon(842, 430, 884, 430, 892, 500, 834, 500))
	c.fill(sage, append(curve(838, 436, 834, 390, 846, 346, 862, 338), curve(864, 338, 884, 350, 890, 400, 888, 436)...))
	c.fill(sage, stroke(curve(852, 356, 828, 384, 806, 378), 14), stroke(curve(874, 360, 850, 402, 828, 406), 14))
	c.fill(cream, circle(806, 378, 7), circle(828, 406, 7))
	c.fill(cream, circle(858, 326, 17))
	c.fill(sand, append(curve(806, 326, 858, 338, 910, 322), point{856, 276}))
	c.fill(cream, stroke(curve(812, 325, 858, 335, 904, 321), 3))
}
