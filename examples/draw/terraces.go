package main

import "math"

// terraces are rice fields on a slope, with a house on stilts.
func terraces(c *canvas) {
	c.fill(wash, rect(0, 0, width, height))
	c.fill(cream, circle(255, 150, 100))
	c.fill(sand, circle(255, 150, 58))
	cloud(c, 520, 96, 0.9)
	cloud(c, 900, 66, 0.75)
	c.fill(lilac, ground(-20, 270, 130, 215, 280, 262, 420, 170, 560, 235, 690, 140, 830, 215, 960, 130, 1090, 195, 1230, 150))
	c.fill(mauve, ground(-20, 300, 160, 285, 330, 305, 520, 262, 700, 280, 860, 215, 1010, 180, 1230, 215))
	tree(c, 1120, 227, 0.8)
	for n, i := range []ink{sage, sand, mist, sage, wash, mist, sand, sage, mist} {
		c.fill(cream, terrace(n).moved(0, -5))
		c.fill(i, terrace(n))
		if n == 2 {
			stiltHouse(c, 850, 318)
		}
		if i == wash {
			reflections(c, n)
		}
	}
	walker(c, 404, 482, 1, violet)
	walker(c, 468, 484, 0.8, mauve)
	walker(c, 172, 590, 1.15, violet)
	seedlings(c)
}

// edge is how high the nth field from above ends at x: a slope to the left with
// the bends of the hill in it.
func edge(n int, x float32) float32 {
	bend := math.Sin(float64(x)/170+float64(n)*0.5)*(10+2*float64(n)) + math.Sin(float64(x)/71+float64(n))*4
	return 322 + float32(n)*43 - x*(0.085-float32(n)*0.009) + float32(bend)
}

func terrace(n int) outline {
	var xy []float32
	for x := float32(-30); x <= width+30; x += 30 {
		xy = append(xy, x, edge(n, x))
	}
	return ground(xy...)
}

// reflections are streaks of sky on a field under water.
func reflections(c *canvas, n int) {
	for i, x := range []float32{70, 260, 560, 700, 960, 1090} {
		c.fill(lilac, round(x, edge(n, x+40)+16+float32(i%2)*9, 96, 4, 2))
	}
}

// stiltHouse stands with its posts at y.
func stiltHouse(c *canvas, x, y float32) {
	for _, dx := range []float32{-84, -30, 24, 76} {
		c.fill(violet, rect(x+dx, y-44, 8, 46))
	}
	c.fill(sand, rect(x-98, y-48, 196, 9))
	c.fill(cream, rect(x-88, y-100, 176, 54))
	c.fill(mauve, rect(x-70, y-86, 34, 26), rect(x+34, y-86, 34, 26))
	c.fill(violet, rect(x-14, y-90, 28, 44))
	c.fill(violet, polygon(x-124, y-94, x-74, y-172, x+74, y-172, x+124, y-94))
	c.fill(mauve, polygon(x-124, y-94, x+124, y-94, x+119, y-103, x-119, y-103))
	c.fill(violet, stroke(polygon(x-52, y+4, x-20, y-44), 5), stroke(polygon(x-36, y+4, x-4, y-44), 5))
	for i := range 4 {
		step := float32(i) * 11
		c.fill(violet, rect(x-47+step*0.67, y-5-step, 16, 3))
	}
}

// walker is somebody under a conical hat, with a bag.
func walker(c *canvas, x, y, size float32, coat ink) {
	c.fill(violet, rect(x-8*size, y-24*size, 7*size, 24*size), rect(x+3*size, y-24*size, 7*size, 24*size))
	c.fill(coat, round(x-14*size, y-66*size, 29*size, 48*size, 11*size))
	c.fill(cream, round(x+6*size, y-46*size, 18*size, 22*size, 5*size), stroke(polygon(x-8*size, y-64*size, x+14*size, y-40*size), 4*size))
	c.fill(cream, circle(x, y-72*size, 11*size))
	c.fill(sand, append(curve(x-32*size, y-72*size, x, y-65*size, x+32*size, y-72*size), point{x, y - 100*size}))
	c.fill(mauve, stroke(curve(x-30*size, y-72*size, x, y-65*size, x+30*size, y-72*size), 2.5*size))
}

// seedlings stand in rows on the two lowest fields.
func seedlings(c *canvas) {
	for n := 7; n <= 8; n++ {
		for x := float32(20); x < width; x += 46 {
			y := edge(n, x) + 26
			i := mist
			if n == 8 {
				i = sage
			}
			c.fill(i, polygon(x-7, y-13, x-2, y-3, x, y-17, x+2, y-3, x+7, y-13, x+2, y, x-2, y))
		}
	}
}
