package main

// mountains is a school at the foot of two ranges, with children on their way.
func mountains(c *canvas) {
	c.fill(wash, rect(0, 0, width, height))
	c.fill(cream, circle(905, 165, 104))
	c.fill(sand, circle(905, 165, 62))
	cloud(c, 170, 118, 1)
	cloud(c, 560, 82, 0.7)
	c.fill(lilac, ground(-20, 330, 90, 250, 190, 300, 330, 150, 430, 235, 520, 190, 640, 300, 760, 215, 880, 290, 1010, 190, 1110, 265, 1230, 220))
	c.fill(mauve, ground(-20, 395, 80, 360, 210, 270, 330, 365, 450, 385, 600, 345, 760, 400, 900, 330, 1040, 260, 1130, 345, 1230, 330))
	c.fill(wash, ground(-20, 425, 160, 405, 330, 430, 520, 412, 720, 436, 930, 408, 1220, 428))
	c.fill(mist, ground(-20, 455, 180, 430, 420, 448, 700, 425, 960, 445, 1220, 420))
	c.fill(sage, ground(-20, 520, 220, 500, 520, 512, 820, 498, 1220, 515))
	tree(c, 250, 500, 1.1)
	tree(c, 330, 512, 0.8)
	tree(c, 1010, 502, 1.2)
	tree(c, 1105, 514, 0.85)
	path := append(curve(618, 508, 610, 545, 540, 590, 470, 690), curve(720, 690, 700, 600, 670, 550, 668, 508)...)
	c.fill(cream, path)
	school(c, 640, 508)
	pupil(c, 574, 640, 1.25, lilac)
	pupil(c, 640, 655, 1.3, mauve)
	pupil(c, 628, 572, 0.85, mist)
	for i, x := range []float32{60, 150, 245, 330, 800, 890, 985, 1070, 1150} {
		c.fill(mist, tuft(x, 590+float32(i*29%60)))
	}
}

func cloud(c *canvas, x, y, size float32) {
	c.fill(cream, round(x, y, 180*size, 34*size, 17*size), round(x+38*size, y-22*size, 100*size, 44*size, 22*size))
}

func tree(c *canvas, x, y, size float32) {
	c.fill(violet, rect(x-6*size, y-60*size, 12*size, 64*size))
	c.fill(sage, circle(x, y-96*size, 50*size), circle(x-30*size, y-66*size, 32*size), circle(x+30*size, y-66*size, 32*size))
	c.fill(mist, stroke(curve(x-20*size, y-112*size, x-6*size, y-124*size, x+12*size, y-122*size), 6*size))
}

// tuft is some grass.
func tuft(x, y float32) outline {
	return polygon(x-12, y, x-16, y-14, x-6, y-4, x, y-22, x+6, y-4, x+16, y-14, x+12, y)
}

// school is a long house whose floor is at y and whose middle is at x.
func school(c *canvas, x, y float32) {
	c.fill(sand, rect(x-250, y-12, 500, 16))
	c.fill(cream, rect(x-236, y-104, 472, 92))
	c.fill(violet, polygon(x-262, y-100, x-226, y-152, x+226, y-152, x+262, y-100))
	c.fill(mauve, rect(x-262, y-104, 524, 8))
	for _, dx := range []float32{-212, -156, -100, 62, 118, 174} {
		c.fill(lilac, rect(x+dx, y-78, 38, 40))
		c.fill(cream, rect(x+dx+17, y-78, 4, 40), rect(x+dx, y-60, 38, 4))
	}
	c.fill(wash, rect(x-48, y-150, 96, 138))
	c.fill(violet, polygon(x-66, y-146, x, y-196, x+66, y-146))
	c.fill(sand, circle(x, y-120, 16))
	c.fill(violet, stroke(polygon(x, y-120, x, y-131), 3), stroke(polygon(x, y-120, x+8, y-116), 3))
	c.fill(violet, arc(x, y-60, 24, 24, 180, 360), rect(x-24, y-61, 48, 50))
	c.fill(mauve, rect(x-1.5, y-84, 3, 72))
	c.fill(cream, rect(x-40, y-12, 80, 8), rect(x-48, y-4, 96, 8))
}

// pupil is a child with a school bag, seen from behind, standing at x, y.
func pupil(c *canvas, x, y, size float32, coat ink) {
	c.fill(violet, rect(x-9*size, y-20*size, 7*size, 20*size), rect(x+2*size, y-20*size, 7*size, 20*size))
	c.fill(coat, round(x-14*size, y-56*size, 28*size, 40*size, 11*size))
	c.fill(sand, round(x-10*size, y-50*size, 20*size, 26*size, 6*size))
	c.fill(cream, rect(x-10*size, y-39*size, 20*size, 3*size))
	c.fill(violet, circle(x, y-66*size, 12*size))
}
