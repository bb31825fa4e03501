package dnstest

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// parse reads a record.
func parse(line string) (name string, body dnsmessage.ResourceBody, err error) {
	name, rest, _ := strings.Cut(line, " ")
	kind, value, _ := strings.Cut(rest, " ")
	switch kind {
	case "A", "AAAA":
		body, err = address(kind, value)
	case "CNAME":
		var target dnsmessage.Name
		target, err = dnsmessage.NewName(dotted(value))
		body = &dnsmessage.CNAMEResource{CNAME: target}
	case "MX":
		mx := &dnsmessage.MXResource{}
		var host string
		if _, err = fmt.Sscan(value, &mx.Pref, &host); err == nil {
			mx.MX, err = dnsmessage.NewName(dotted(host))
		}
		body = mx
	case "PTR":
		var target dnsmessage.Name
		target, err = dnsmessage.NewName(dotted(value))
		body, name = &dnsmessage.PTRResource{PTR: target}, reverse(name)
	case "TXT":
		body = &dnsmessage.TXTResource{TXT: split(value)}
	default:
		err = fmt.Errorf("unknown type %q", kind)
	}
	return dotted(strings.ToLower(name)), body, err
}

func address(kind, value string) (dnsmessage.ResourceBody, error) {
	ip, err := netip.ParseAddr(value)
	if err != nil {
		return nil, err
	}
	if kind == "A" {
		return &dnsmessage.AResource{A: ip.As4()}, nil
	}
	return &dnsmessage.AAAAResource{AAAA: ip.As16()}, nil
}

// reverse is the name of an address in the DNS (RFC 1035 3.5); only IPv4 is known here.
func reverse(ip string) string {
	four := net.ParseIP(ip).To4()
	if four == nil {
		return ip
	}
	return fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa", four[3], four[2], four[1], four[0])
}

// split cuts a text into strings of at most 255 octets.
func split(text string) []string {
	var parts []string
	for len(text) > 255 {
		parts, text = append(parts, text[:255]), text[255:]
	}
	return append(parts, text)
}

func dotted(name string) string { return strings.TrimSuffix(name, ".") + "." }

// answer makes the answer to a question; nil for what is none.
func (s *Server) answer(question []byte, udp bool) []byte {
	var parser dnsmessage.Parser
	head, err := parser.Start(question)
	if err != nil {
		return nil
	}
	q, err := parser.Question()
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true, RecursionDesired: head.RecursionDesired, RecursionAvailable: true},
		Questions: []dnsmessage.Question{q},
	}
	switch {
	case s.code != 0:
		m.RCode = s.code
	case udp && s.overTCP:
		m.Truncated = true
	default:
		m.RCode, m.Answers = s.lookUp(q)
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// lookUp gives the records of a name, and those that its CNAME leads to.
func (s *Server) lookUp(q dnsmessage.Question) (dnsmessage.RCode, []dnsmessage.Resource) {
	name := strings.ToLower(q.Name.String())
	if len(s.records[name]) == 0 {
		return dnsmessage.RCodeNameError, nil
	}
	var answers []dnsmessage.Resource
	for range 8 {
		next := ""
		for _, body := range s.records[name] {
			alias, isAlias := body.(*dnsmessage.CNAMEResource)
			if isAlias {
				next = strings.ToLower(alias.CNAME.String())
			}
			if isAlias || typeOf(body) == q.Type {
				head := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: typeOf(body), Class: dnsmessage.ClassINET, TTL: 60}
				answers = append(answers, dnsmessage.Resource{Header: head, Body: body})
			}
		}
		if name = next; name == "" {
			break
		}
	}
	return dnsmessage.RCodeSuccess, answers
}

func typeOf(body dnsmessage.ResourceBody) dnsmessage.Type {
	switch body.(type) {
	case *dnsmessage.AResource:
		return dnsmessage.TypeA
	case *dnsmessage.AAAAResource:
		return dnsmessage.TypeAAAA
	case *dnsmessage.CNAMEResource:
		return dnsmessage.TypeCNAME
	case *dnsmessage.MXResource:
		return dnsmessage.TypeMX
	case *dnsmessage.PTRResource:
		return dnsmessage.TypePTR
	}
	return dnsmessage.TypeTXT
}
