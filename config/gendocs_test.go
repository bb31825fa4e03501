package config

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

var update = flag.Bool("update", false, "write the generated files")

// TestGenerated compares what is generated from the structs with the files
// that hold it; go generate ./config writes them.
func TestGenerated(t *testing.T) {
	docs := commentsOfFields(t)
	golden(t, "keys.txt", keyLines(docs))
	golden(t, "../docs/config.md", reference(docs))
	golden(t, "../docs/example.yaml", exampleFile(docs))
}

// TestEveryKeyIsDocumented holds both languages to each key.
func TestEveryKeyIsDocumented(t *testing.T) {
	docs := commentsOfFields(t)
	eachKey(reflect.TypeFor[Config](), func(k key) {
		if doc := k.doc(docs); doc.EN == "" || doc.VI == "" {
			t.Errorf("%s.%s: its comment lacks English or the paragraph that begins with Vi:", k.owner, k.field)
		}
	})
}

func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go generate ./config writes it", err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s is stale, go generate ./config writes it anew (-file +generated):\n%s", file, diff)
	}
}

// commentsOfFields reads the sources of this package: "Struct.Field" and what
// its comment says in both languages.
func commentsOfFields(t *testing.T) map[string]bantin.Words {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]bantin.Words{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if fields, ok := spec.Type.(*ast.StructType); ok {
					commentsOf(spec.Name.Name, fields, docs)
				}
			}
			return true
		})
	}
	return docs
}

func commentsOf(owner string, fields *ast.StructType, docs map[string]bantin.Words) {
	for _, f := range fields.Fields.List {
		if f.Tag == nil || len(f.Names) != 1 {
			continue
		}
		var words bantin.Words
		for paragraph := range strings.SplitSeq(f.Doc.Text(), "\n\n") {
			line := strings.Join(strings.Fields(paragraph), " ")
			if vi, ok := strings.CutPrefix(line, "Vi: "); ok {
				words.VI = vi
				continue
			}
			words.EN = strings.TrimSpace(words.EN + " " + line)
		}
		docs[owner+"."+f.Names[0].Name] = words
	}
}

func keyLines(docs map[string]bantin.Words) string {
	var lines []string
	eachKey(reflect.TypeFor[Config](), func(k key) {
		doc := k.doc(docs)
		lines = append(lines, k.owner+"."+k.field+"\t"+doc.EN+"\t"+doc.VI+"\n")
	})
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}

// eachKey visits all keys, those of structs within structs too.
func eachKey(t reflect.Type, visit func(key)) {
	for _, k := range keysOf(t) {
		visit(k)
		if part, ok := structIn(k.kind); ok {
			eachKey(part, visit)
		}
	}
}

// structIn gives the struct that a value, a list of them or a pointer holds.
func structIn(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct && t != reflect.TypeFor[Rate]()
}

// The reference.

const referenceHead = `# The keys of bantin.yaml

<!-- Generated from the doc comments in config/ by go generate ./config. -->

The file is strict: an unknown key, a wrong type or an impossible value is an
error, and ` + "`bantin check`" + ` shows all of them at once, with line and column. Where no
default is shown, an absent key means none. Durations are ` + "`90s`, `15m`, `24h`, `31d`" + `.
` + "`${NAME}`" + ` in a text is the environment variable NAME. Relative paths are relative to
the folder of the file. ` + "[example.yaml](example.yaml)" + ` shows every key;
` + "`bantin check --schema`" + ` prints a JSON Schema for editors.

*Tệp này được kiểm tra chặt chẽ: khóa lạ, sai kiểu hay giá trị không dùng được đều là
lỗi, và ` + "`bantin check`" + ` chỉ ra tất cả cùng lúc, kèm dòng và cột. Không ghi mặc định
nghĩa là không có. Đường dẫn tương đối tính từ thư mục của tệp.*
`

func reference(docs map[string]bantin.Words) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	section(&b, "", reflect.TypeFor[Config](), docs)
	return b.String()
}

func section(b *strings.Builder, path string, t reflect.Type, docs map[string]bantin.Words) {
	title := "The file"
	if path != "" {
		title = "`" + path + "`"
	}
	fmt.Fprintf(b, "\n## %s\n\n| key | value | default | what it does |\n|---|---|---|---|\n", title)
	for _, k := range keysOf(t) {
		doc := k.doc(docs)
		fmt.Fprintf(b, "| `%s` | %s | %s | %s<br>*%s* |\n", k.name, valueOf(k), code(k.missing), cell(doc.EN), cell(doc.VI))
	}
	for _, k := range keysOf(t) {
		if part, ok := structIn(k.kind); ok {
			section(b, strings.TrimPrefix(path+"."+k.name, ".")+brackets(k.kind), part, docs)
		}
	}
}

func brackets(t reflect.Type) string {
	if t == reflect.TypeFor[Domains]() {
		return ".DOMAIN"
	}
	if t.Kind() == reflect.Slice {
		return "[]"
	}
	return ""
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, ",", ", ") + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// valueOf says what a key takes.
func valueOf(k key) string {
	kind := k.kindName().EN
	kind = strings.TrimPrefix(strings.TrimPrefix(kind, "a "), "an ")
	switch {
	case k.choices != nil:
		kind = "`" + strings.Join(k.choices, "`, `") + "`"
	case k.kind.Kind() == reflect.Int:
		kind = fmt.Sprintf("number, %d to %d", k.min, k.max)
	case k.is == "days":
		kind = "day or span"
	case k.is == "file" || k.is == "folder" || k.is == "id":
		kind = k.is
	case k.is == "cluster" || k.is == "source":
		kind = "id of a " + k.is
	case k.is != "" && k.is != "lines" && k.is != "listen" && k.is != "template":
		kind = strings.NewReplacer("mailbox", "name and address", "bounces", "address").Replace(k.is)
	}
	if k.kind == reflect.TypeFor[Lines]() || k.kind == reflect.TypeFor[DKIMs]() {
		kind += ", or a list"
	} else if k.kind == reflect.TypeFor[Domains]() {
		kind = "domains with " + kind
	} else if k.kind.Kind() == reflect.Slice {
		kind = "list: " + kind
	}
	if k.needed {
		kind += "; **needed**"
	}
	return kind
}

// The example.

func exampleFile(docs map[string]bantin.Words) string {
	var b strings.Builder
	b.WriteString("# Every key of bantin.yaml. Generated from the doc comments in config/.\n")
	for _, k := range keysOf(reflect.TypeFor[Config]()) {
		b.WriteString("\n")
		exampleKey(&b, k, "", docs)
	}
	return b.String()
}

func exampleKey(b *strings.Builder, k key, indent string, docs map[string]bantin.Words) {
	doc := k.doc(docs)
	for _, line := range append(wrap(doc.EN, 84-len(indent)), wrap(doc.VI, 84-len(indent))...) {
		b.WriteString(indent + "# " + line + "\n")
	}
	part, ok := structIn(k.kind)
	if !ok {
		b.WriteString(indent + exampleValue(k) + "\n")
		return
	}
	if k.example == excluded {
		whole := b
		b = &strings.Builder{}
		defer func() { whole.WriteString(commentedOut(b.String(), indent)) }()
	}
	b.WriteString(indent + k.name + ":\n")
	list := k.kind.Kind() == reflect.Slice && k.kind != reflect.TypeFor[Domains]()
	inner := indent + "  "
	if k.kind == reflect.TypeFor[Domains]() {
		b.WriteString(inner + "gmail.com:\n")
		inner += "  "
	}
	if list {
		inner += "  "
	}
	var entry strings.Builder
	for _, sub := range keysOf(part) {
		exampleKey(&entry, sub, inner, docs)
	}
	text := entry.String()
	if list {
		text = strings.Replace(text, inner+keysOf(part)[0].name, indent+"  - "+keysOf(part)[0].name, 1)
	}
	b.WriteString(text)
}

// excluded is the example of a mapping that excludes other keys of the example: it
// is there as a comment.
const excluded = "excluded"

func commentedOut(text, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(indent + "# " + strings.TrimPrefix(line, indent))
	}
	return b.String()
}

// exampleValue writes the key with its example, else its default; a key that
// has neither is there as a comment.
func exampleValue(k key) string {
	value := k.example
	if value == "" {
		value = k.missing
	}
	if value == "" {
		return "# " + k.name + ":"
	}
	if k.kind.Kind() == reflect.Slice && k.kind != reflect.TypeFor[Lines]() {
		return k.name + ": [" + strings.ReplaceAll(value, ",", ", ") + "]"
	}
	if strings.ContainsAny(value, "{}*@<>:#") && k.kind.Kind() != reflect.Int {
		value = `"` + value + `"`
	}
	return k.name + ": " + value
}

func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
