package office

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// forPeopleOnly are the routes that docs/openapi.yaml leaves out: what browsers load, how
// people sign in, and what no token opens.
var forPeopleOnly = []string{
	"GET /office/static/{name}", "GET /office/sign-in", "POST /office/sign-in", "GET /office/sign-in/{token}", "POST /office/sign-in/{token}", "POST /office/sign-out",
	"GET /office/editions/{id}/events", "GET /office/editions/{id}/message/html", "GET /office/bulletins/add", "GET /office/contacts/import",
	"GET /office/contacts/export", "POST /office/contacts/{key}/{erase}", "GET /office/contacts/{key}/{data}", "GET /office/settings", "GET /office/calendar/{file}",
	"GET /office/", "POST /office/", "GET /{$}",
}

var isServerFault = regexp.MustCompile(`\b50\d\b`)

// docs/openapi.yaml has every route that a token opens, and no other; each parameter of a
// path is described, and each operation has a name of its own.
func TestOpenAPI(t *testing.T) {
	text, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type parameter struct{ Name, In string }
	type operation struct {
		OperationID string `yaml:"operationId"`
		Summary     string
		RequestBody struct{ Content map[string]any } `yaml:"requestBody"`
		Responses   map[string]any
	}
	var file struct {
		OpenAPI string `yaml:"openapi"`
		Paths   map[string]struct {
			Parameters []parameter
			Get, Post  *operation
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var described []string
	names := map[string]bool{}
	for path, item := range file.Paths {
		for method, op := range map[string]*operation{"GET": item.Get, "POST": item.Post} {
			if op == nil {
				continue
			}
			described = append(described, method+" "+path)
			if names[op.OperationID] || op.OperationID == "" || len(op.Responses) < 2 {
				t.Errorf("%s %s: %+v", method, path, op)
			}
			names[op.OperationID] = true
			if isServerFault.MatchString(op.Summary) && op.Responses["5XX"] == nil {
				t.Errorf("%s %s answers with a status of 500 and more, which is not among its responses", method, path)
			}
			if method+" "+path == "POST /office/digests/{id}/special" && len(op.RequestBody.Content) != 2 {
				t.Errorf("%s %s takes a form with and without a file, not only %v", method, path, op.RequestBody.Content)
			}
		}
		for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
			if !slices.Contains(item.Parameters, parameter{name[1], "path"}) {
				t.Errorf("%s does not describe %s", path, name[1])
			}
		}
	}
	routes, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var served []string
	for _, route := range regexp.MustCompile(`mux\.Handle\("([^"]+)"`).FindAllStringSubmatch(string(routes), -1) {
		if !slices.Contains(forPeopleOnly, route[1]) {
			served = append(served, route[1])
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	for _, route := range served {
		if !slices.Contains(described, route) {
			t.Errorf("docs/openapi.yaml has no %s", route)
		}
	}
	for _, route := range described {
		if !slices.Contains(served, route) {
			t.Errorf("docs/openapi.yaml has %s, which is no route", route)
		}
	}
	if len(served) < 30 || !strings.HasPrefix(file.OpenAPI, "3.") {
		t.Errorf("%d routes, OpenAPI %q", len(served), file.OpenAPI)
	}
}
