//go:build unix

package storm

import (
	"io"
	"net"
	"net/url"
	"sync"
	"time"
)

// proxy is a TCP proxy between the nodes and their database that can fail.
type proxy struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	open  map[net.Conn]bool
	until time.Time // broken
	all   sync.WaitGroup
}

// newProxy listens in place of the server in a database URL, and returns the URL
// that leads to the proxy.
func newProxy(address string) (*proxy, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	p := &proxy{listener: l, to: u.Host, open: map[net.Conn]bool{}}
	p.all.Go(p.serve)
	u.Host = l.Addr().String()
	return p, u.String(), nil
}

func (p *proxy) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.forward(conn) })
	}
}

func (p *proxy) forward(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", p.to)
	if err != nil || !p.register(from, to) {
		return
	}
	defer to.Close()
	defer p.unregister(from, to)
	var back sync.WaitGroup
	back.Go(func() {
		io.Copy(from, to)
		from.Close()
	})
	io.Copy(to, from)
	to.Close()
	back.Wait()
}

// register records the ends of a connection, or closes them while the proxy is
// failing.
func (p *proxy) register(ends ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) {
		for _, end := range ends {
			end.Close()
		}
		return false
	}
	for _, end := range ends {
		p.open[end] = true
	}
	return true
}

func (p *proxy) unregister(ends ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range ends {
		delete(p.open, end)
	}
}

// cut closes all connections, and for d also new ones.
func (p *proxy) cut(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = time.Now().Add(d)
	for end := range p.open {
		end.Close()
	}
}

func (p *proxy) close() {
	p.listener.Close()
	p.cut(0)
	p.all.Wait()
}
