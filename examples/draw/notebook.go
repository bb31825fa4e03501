package main

// notebook is a pupil's open book with its ruled margin, a pen and violet ink.
func notebook(c *canvas) {
	c.fill(wash, rect(0, 0, width, height))
	c.fill(mist, ground(-20, 120, 300, 60, 700, 96, 1220, 30))
	c.fill(sage, leftPage().moved(-12, 28), rightPage().moved(12, 28))
	c.fill(violet, leftPage().moved(-6, 14), rightPage().moved(6, 14))
	c.fill(lilac, leftPage().moved(0, 6), rightPage().moved(0, 6))
	c.fill(cream, leftPage(), rightPage())
	ruling(c)
	c.fill(wash, polygon(600, 147, 574, 133, 574, 579, 600, 595), polygon(600, 147, 626, 133, 626, 579, 600, 595))
	c.fill(lilac, rect(598, 146, 4, 450))
	handwriting(c)
	inkwell(c, 1070, 180)
	pen(c)
	blossom(c, 112, 560)
}

func leftPage() outline {
	return append(curve(600, 146, 540, 120, 420, 112, 190, 132), curve(190, 578, 420, 556, 540, 566, 600, 596)...)
}

func rightPage() outline {
	return append(curve(600, 146, 660, 120, 780, 112, 1010, 132), curve(1010, 578, 780, 556, 660, 566, 600, 596)...)
}

// firstLine is the height of the first ruled line, lineGap how far they are apart.
const firstLine, lineGap = 200, 30

// sag is how much lower a line is at x than it would be on a flat page: paper
// rises from the fold and sinks to the edge.
func sag(x float32) float32 {
	switch far := max(x-600, 600-x); {
	case far < 60:
		return 14 - far*0.43
	case far < 180:
		return -12 - (far-60)*0.066
	default:
		return -20 + (far-180)*0.087
	}
}

func ruling(c *canvas) {
	for y := float32(firstLine); y <= 560; y += lineGap {
		for _, page := range [][2]float32{{192, 572}, {628, 1008}} {
			var xy []float32
			for x := page[0]; x <= page[1]; x += 38 {
				xy = append(xy, x, y+sag(x))
			}
			c.fill(lilac, stroke(curve(xy...), 1.6))
		}
	}
	c.fill(mauve, stroke(polygon(262, 127, 262, 571), 4), stroke(polygon(722, 117, 722, 559), 4))
}

// handwriting is words without letters, on the lines.
func handwriting(c *canvas) {
	words := []struct {
		line      int
		x, length float32
	}{
		{0, 340, 150},
		{2, 282, 70}, {2, 366, 110}, {2, 490, 56},
		{3, 282, 96}, {3, 392, 62}, {3, 468, 84},
		{4, 282, 58}, {4, 354, 120}, {4, 488, 60},
		{6, 282, 104}, {6, 400, 74}, {6, 488, 50},
		{7, 282, 66}, {7, 362, 92},
		{1, 742, 84}, {1, 840, 60}, {1, 914, 70},
		{2, 742, 58}, {2, 814, 112},
		{4, 742, 100}, {4, 856, 74},
	}
	for _, w := range words {
		c.fill(violet, stroke(scribble(w.x, float32(firstLine+w.line*lineGap), w.length), 3.2))
	}
}

// scribble is one word on the line at y: waves of ink.
func scribble(x, y, length float32) outline {
	rises := []float32{0, 10, 1, 11, 2, 18, 0, 9, 3, 11, 1, 15}
	var xy []float32
	for i := 0; float32(i)*7 <= length; i++ {
		at := x + float32(i)*7
		xy = append(xy, at, y+sag(at)-1-rises[(i+int(x))%len(rises)])
	}
	return curve(xy...)
}

// inkwell is the pot of violet ink.
func inkwell(c *canvas, x, y float32) {
	c.fill(sage, ellipse(x+6, y+66, 84, 20))
	c.fill(cream, round(x-68, y-40, 136, 106, 26))
	c.fill(violet, round(x-58, y+2, 116, 56, 20))
	c.fill(mauve, ellipse(x, y+6, 58, 11))
	c.fill(sand, round(x-42, y-68, 84, 34, 8))
	c.fill(cream, rect(x-42, y-56, 84, 4), rect(x-42, y-46, 84, 4))
	c.fill(wash, round(x-54, y-22, 10, 64, 5))
}

// pen lies over the right page, its nib where the writing stopped.
func pen(c *canvas) {
	turn := func(o outline) outline { return o.turned(944, 316, 42) }
	c.fill(sage, turn(round(1000, 318, 270, 20, 10)).moved(-4, 10))
	c.fill(sand, turn(polygon(944, 316, 988, 305, 994, 316, 988, 327)))
	c.fill(violet, turn(rect(944, 315, 32, 2)))
	c.fill(mauve, turn(polygon(986, 306, 1030, 300, 1030, 332, 986, 326)))
	c.fill(violet, turn(round(1024, 299, 250, 34, 15)))
	c.fill(sand, turn(rect(1120, 299, 8, 34)), turn(round(1170, 305, 92, 7, 3.5)))
	c.fill(mauve, turn(round(1040, 304, 70, 5, 2.5)))
}

// blossom is a twig of ban, the flower of the north-west, that marks a page.
func blossom(c *canvas, x, y float32) {
	c.fill(sage, stroke(curve(x-130, y+110, x-60, y+60, x, y), 6))
	leaf := append(curve(0, 0, 22, -18, 54, -4), curve(54, -4, 26, 16, 0, 0)...)
	c.fill(sage, leaf.turned(0, 0, -20).moved(x-62, y+60), leaf.turned(0, 0, 80).moved(x-60, y+62))
	petal := append(curve(0, 0, 30, -24, 66, -10), curve(66, -10, 62, 16, 0, 0)...)
	for i := range 5 {
		c.fill(cream, petal.turned(0, 0, float32(i)*72-80).moved(x, y))
	}
	for i := range 5 {
		c.fill(mauve, stroke(polygon(8, 0, 30, -4), 2.5).turned(0, 0, float32(i)*72-80).moved(x, y))
	}
	c.fill(sand, circle(x, y, 9))
}
