package main

import (
	"image"
	"math"
)

// point is a place on the canvas in pixels, y downwards.
type point struct{ x, y float32 }

// outline is a closed line; curves are many short straight ones.
type outline []point

// polygon takes the coordinates in pairs.
func polygon(xy ...float32) outline {
	var o outline
	for i := 0; i+1 < len(xy); i += 2 {
		o = append(o, point{xy[i], xy[i+1]})
	}
	return o
}

func rect(x, y, w, h float32) outline { return polygon(x, y, x+w, y, x+w, y+h, x, y+h) }

func circle(x, y, r float32) outline { return ellipse(x, y, r, r) }

func ellipse(x, y, rx, ry float32) outline { return arc(x, y, rx, ry, 0, 360) }

// arc is the part of an ellipse from one angle to another, in degrees, clockwise
// from the right; its ends are joined.
func arc(x, y, rx, ry, from, to float32) outline {
	const steps = 96
	var o outline
	for i := range steps + 1 {
		angle := float64(from+(to-from)*float32(i)/steps) * math.Pi / 180
		o = append(o, point{x + rx*float32(math.Cos(angle)), y + ry*float32(math.Sin(angle))})
	}
	return o
}

// round is a rectangle with corners of radius r.
func round(x, y, w, h, r float32) outline {
	var o outline
	o = append(o, arc(x+w-r, y+h-r, r, r, 0, 90)...)
	o = append(o, arc(x+r, y+h-r, r, r, 90, 180)...)
	o = append(o, arc(x+r, y+r, r, r, 180, 270)...)
	return append(o, arc(x+w-r, y+r, r, r, 270, 360)...)
}

// curve is a smooth line through the points: a Catmull-Rom spline.
func curve(xy ...float32) outline {
	const steps = 24
	p := polygon(xy...)
	o := outline{p[0]}
	for i := range len(p) - 1 {
		before, after := p[max(i-1, 0)], p[min(i+2, len(p)-1)]
		for step := 1; step <= steps; step++ {
			t := float32(step) / steps
			o = append(o, point{
				spline(before.x, p[i].x, p[i+1].x, after.x, t),
				spline(before.y, p[i].y, p[i+1].y, after.y, t),
			})
		}
	}
	return o
}

func spline(a, b, c, d, t float32) float32 {
	return (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t) / 2
}

// ground is all below a smooth line.
func ground(xy ...float32) outline {
	o := curve(xy...)
	return append(o, point{o[len(o)-1].x, height + 1}, point{o[0].x, height + 1})
}

// stroke is the line through o as a band that is w wide.
func stroke(o outline, w float32) outline {
	var left, right outline
	for i := range o {
		a, b := o[max(i-1, 0)], o[min(i+1, len(o)-1)]
		dx, dy := b.x-a.x, b.y-a.y
		length := float32(math.Hypot(float64(dx), float64(dy)))
		if length == 0 {
			continue
		}
		nx, ny := -dy/length*w/2, dx/length*w/2
		left = append(left, point{o[i].x + nx, o[i].y + ny})
		right = append(outline{{o[i].x - nx, o[i].y - ny}}, right...)
	}
	return append(left, right...)
}

// bounds is the smallest rectangle of whole pixels round the outline.
func (o outline) bounds() image.Rectangle {
	least, most := o[0], o[0]
	for _, p := range o {
		least = point{min(least.x, p.x), min(least.y, p.y)}
		most = point{max(most.x, p.x), max(most.y, p.y)}
	}
	return image.Rect(int(math.Floor(float64(least.x))), int(math.Floor(float64(least.y))),
		int(math.Ceil(float64(most.x))), int(math.Ceil(float64(most.y))))
}

// moved shifts the outline.
func (o outline) moved(dx, dy float32) outline {
	var moved outline
	for _, p := range o {
		moved = append(moved, point{p.x + dx, p.y + dy})
	}
	return moved
}

// mirrored turns right and left round, at x 0.
func (o outline) mirrored() outline {
	var mirrored outline
	for _, p := range o {
		mirrored = append(mirrored, point{-p.x, p.y})
	}
	return mirrored
}

// turned rotates the outline round a point, in degrees clockwise.
func (o outline) turned(x, y, degrees float32) outline {
	sin, cos := math.Sincos(float64(degrees) * math.Pi / 180)
	s, c := float32(sin), float32(cos)
	var turned outline
	for _, p := range o {
		dx, dy := p.x-x, p.y-y
		turned = append(turned, point{x + dx*c - dy*s, y + dx*s + dy*c})
	}
	return turned
}
