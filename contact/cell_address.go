package contact

import (
	"errors"
	"strings"

	"bantin"
)

// Cells of addresses hold more than one address alone, as mail programs and people
// write them: "Lan <lan@example.org>", lan@example.org (Lan), several with a word or
// a sign between. The first good one is taken and the others are told.

// cellAddress is what a cell of addresses says.
type cellAddress struct {
	address string
	name    string   // that stands before the address
	others  []string // further addresses
}

// maxOthers is how many further addresses of a cell are told.
const maxOthers = 5

// parseCell reads a cell of addresses; the error is that of [ParseAddress] for the
// first thing in it that could be an address.
func parseCell(cell string) (cellAddress, error) {
	address, err := ParseAddress(cell)
	if err == nil {
		return cellAddress{address: address}, nil
	}
	var found cellAddress
	var wrong error
	for _, word := range addressWords(cell) {
		parsed, bad := ParseAddress(word)
		switch {
		case bad != nil && wrong == nil:
			wrong = bad
		case bad != nil:
		case found.address == "":
			found.address, found.name = parsed, nameBefore(cell, word)
		case len(found.others) < maxOthers && bantin.AddressKey(parsed) != bantin.AddressKey(found.address):
			found.others = append(found.others, parsed)
		}
	}
	switch {
	case found.address != "":
		return found, nil
	case cell != "" && !strings.Contains(cell, "@"):
		return found, &AddressError{cell, words("không phải địa chỉ thư điện tử", "not an e-mail address")}
	case wrong != nil && !hasInnerBlank(cell):
		return found, wrong
	}
	return found, err
}

// hasInnerBlank reports whether there is a blank beside the @, so that the whole cell
// tells best what is wrong.
func hasInnerBlank(cell string) bool {
	return strings.Contains(cell, " @") || strings.Contains(cell, "@ ")
}

// addressWords are the words of a cell that have an @ in them, without what stands
// around them.
func addressWords(cell string) (list []string) {
	for word := range strings.FieldsFuncSeq(cell, func(r rune) bool {
		return r <= ' ' || r == '\u00a0' || strings.ContainsRune(",;|<>()[]\"“”„«»", r)
	}) {
		if !strings.Contains(word, "@") {
			continue
		}
		for part := range strings.SplitSeq(word, "/") { // an address may have a stroke, before its @
			if strings.Count(word, "@") == 1 {
				part = word
			}
			if part = strings.Trim(part, "'`’‘.:-–"); strings.Contains(part, "@") {
				list = append(list, part)
			}
			if strings.Count(word, "@") == 1 {
				break
			}
		}
	}
	return list
}

// nameBefore is the name that stands before an address between angle brackets.
func nameBefore(cell, address string) string {
	before, _, _ := strings.Cut(cell, address)
	name, ok := strings.CutSuffix(strings.TrimRight(before, " '"), "<")
	if !ok || strings.Contains(name, "@") {
		return ""
	}
	return strings.Trim(name, " \t\u00a0\"'“”„:;,-")
}

// isAddress reports whether a cell has an address in it.
func isAddress(cell string) bool {
	if !strings.Contains(cell, "@") {
		return false
	}
	_, err := parseCell(line(cell))
	return err == nil
}

// setAddress takes a cell of addresses.
func (row *Row) setAddress(cell string) (reason bantin.Words) {
	found, err := parseCell(cell)
	if bad := (*AddressError)(nil); errors.As(err, &bad) {
		return bad.Words
	}
	row.Contact.Email = found.address
	if row.Contact.Name == "" {
		row.Contact.Name = row.name(found.name)
	}
	if len(found.others) > 0 {
		row.Warnings = append(row.Warnings, note("ô có nhiều địa chỉ: lấy %s, không lấy %s", "the cell has several addresses: %s is taken, %s not",
			found.address, strings.Join(found.others, ", ")))
	}
	if meant := likelyDomain(found.address); meant != "" {
		row.Warnings = append(row.Warnings, note("%s: có phải %s? Địa chỉ được nhập như trong danh sách", "%s: did you mean %s? It is imported as the list has it",
			found.address, meant))
	}
	return bantin.Words{}
}

// misspelt are ends of addresses that people write for others, which most contacts have.
var misspelt = map[string]string{
	"gmai.com": "gmail.com", "gmial.com": "gmail.com", "gamil.com": "gmail.com", "gmal.com": "gmail.com", "gmaill.com": "gmail.com", "gmail.co": "gmail.com",
	"gmail.cm": "gmail.com", "gmail.om": "gmail.com", "gmail.vn": "gmail.com", "gmail.com.vn": "gmail.com", "gmail.comm": "gmail.com", "gmali.com": "gmail.com",
	"gimail.com": "gmail.com", "gemail.com": "gmail.com", "email.com.vn": "gmail.com", "yaho.com": "yahoo.com", "yahho.com": "yahoo.com", "yahooo.com": "yahoo.com",
	"yahoo.co": "yahoo.com", "yahoo.cm": "yahoo.com", "hotmai.com": "hotmail.com", "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "hotmail.co": "hotmail.com",
	"outlok.com": "outlook.com", "outlool.com": "outlook.com", "iclould.com": "icloud.com", "icloud.co": "icloud.com",
}

// misspeltEnds are top-level domains that nobody has.
var misspeltEnds = map[string]string{".con": ".com", ".cmo": ".com", ".ocm": ".com", ".vom": ".com", ".xom": ".com", ".comm": ".com", ".nte": ".net", ".v": ".vn", ".vnn": ".vn"}

// likelyDomain is the address that was probably meant; "" where it looks right.
func likelyDomain(address string) string {
	local, written, _ := strings.Cut(address, "@")
	domain := strings.ToLower(written)
	if dot := strings.LastIndexByte(domain, '.'); dot >= 0 {
		if right := misspeltEnds[domain[dot:]]; right != "" {
			domain = domain[:dot] + right
		}
	}
	if right := misspelt[domain]; right != "" {
		domain = right
	}
	if strings.EqualFold(domain, written) {
		return ""
	}
	return local + "@" + domain
}
