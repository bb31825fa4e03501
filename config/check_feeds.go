package config

import "net/url"

// hub checks the URL of a WebSub hub, which feeds contain unchanged.
func (k *checker) hub(text *string, path string) {
	u, err := url.Parse(*text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		k.wrong(path, "%q không phải địa chỉ của trạm WebSub", "%q is not the URL of a WebSub hub",
			both("viết như https://hub.example.org/", "write it as https://hub.example.org/"))
	}
}

// chosenID is the id of custom feeds, which visitors put together, and searchID that of
// feeds of a search.
const chosenID, searchID = "chon", "tim"

func (k *checker) reserved(id, path string) {
	if id == chosenID || id == searchID {
		k.wrong(path, "id %q để dành cho nguồn tin mà người đọc tự chọn", "the id %q is that of the feeds that readers put together",
			both("chọn một id khác", "choose another id"))
	}
}
