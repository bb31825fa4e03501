package bantin_test

import (
	"encoding/json"
	"testing"

	"bantin"
)

func TestOmitForeignPictures(t *testing.T) {
	b := bantin.Bulletin{
		HTML:   `<figure><img src="https://example.net/a.jpg" alt="a"><figcaption>Lễ</figcaption></figure><p><img src="/images/b.jpg" alt=""><a href="https://example.net/a.jpg">xem</a><img src="//example.net/c.jpg"></p>`,
		Images: []bantin.Image{{Src: "https://example.net/a.jpg", Caption: "Lễ"}, {Src: "/images/b.jpg"}, {Src: "//example.net/c.jpg"}, {Caption: "Hội"}},
	}
	b.OmitForeignPictures()
	const want = `<figure><figcaption>Lễ</figcaption></figure><p><img src="/images/b.jpg" alt=""><a href="https://example.net/a.jpg">xem</a></p>`
	if b.HTML != want {
		t.Errorf("the text is %s", b.HTML)
	}
	if b.Images[0].Src != "" || b.Images[0].Caption != "Lễ" || b.Images[1].Src != "/images/b.jpg" || b.Images[2].Src != "" || b.Images[3].Caption != "Hội" {
		t.Errorf("the pictures are %+v", b.Images)
	}
	b.OmitForeignPictures() // again: it forgets nothing
	if said, err := json.Marshal(b.Images[:2]); err != nil || string(said) != `[{"src":"https://example.net/a.jpg","caption":"Lễ"},{"src":"/images/b.jpg"}]` {
		t.Errorf("as JSON: %s, %v", said, err)
	}
}
