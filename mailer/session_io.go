package mailer

import "time"

// The timeouts of RFC 5321 4.5.3.2. After the final dot a server may take ten
// minutes; a client that gives up earlier makes duplicates.
const (
	commandTimeout  = 5 * time.Minute
	dataTimeout     = 2 * time.Minute
	bodyTimeout     = 3 * time.Minute
	finalDotTimeout = 10 * time.Minute
	quitTimeout     = 5 * time.Second
)

// write writes b and flushes. Where it fails, n is how many bytes surely left.
func (s *session) write(timeout time.Duration, b []byte) (n int, err error) {
	s.raw.SetDeadline(time.Now().Add(timeout))
	n, err = s.client.Text.W.Write(b) // a body exceeds the buffer and is written through
	if err == nil {
		err = s.client.Text.W.Flush()
	}
	return n, err
}

// read reads one reply.
func (s *session) read(timeout time.Duration) (reply, error) {
	s.raw.SetReadDeadline(time.Now().Add(timeout))
	return readReply(s.client.Text.R)
}

func appendCommands(dst []byte, list []command) []byte {
	for _, c := range list {
		dst = append(append(dst, c.line...), "\r\n"...)
	}
	return dst
}
