package mailer

import (
	"context"
	"net"
)

// handshakeConn is a connection on which go-mail performs greeting and login.
// go-mail reads replies of any length and ignores its context once it has
// dialled, so this type limits the bytes and closes with the context. It also refuses
// a greeting that is none: go-mail takes the banner of SSH for the first line of more.
type handshakeConn struct {
	net.Conn
	remaining int  // bytes that may still be read
	isPlain   bool // the server speaks first, in the clear
	begun     bool // it has spoken
	done      bool
	stop      func() bool
}

// maxHandshakeBytes is more than a server sends up to the end of the login,
// certificates included.
const maxHandshakeBytes = 256 << 10

func newHandshakeConn(ctx context.Context, raw net.Conn, isPlain bool) *handshakeConn {
	return &handshakeConn{Conn: raw, remaining: maxHandshakeBytes, isPlain: isPlain, stop: context.AfterFunc(ctx, func() { raw.Close() })}
}

// finish lifts the limits; ok is false where the context has ended before.
func (g *handshakeConn) finish() (ok bool) {
	g.done = true
	return g.stop()
}

// Read implements net.Conn and enforces maxHandshakeBytes.
func (g *handshakeConn) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	if first := g.isPlain && !g.begun && n > 0; first && !isReplyHead(b[:n]) {
		return 0, errNotSMTP
	}
	g.begun = g.begun || n > 0
	if g.remaining -= n; g.remaining < 0 && !g.done {
		return 0, errMalformedReply
	}
	return n, err
}
