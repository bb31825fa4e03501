package mailer

import "errors"

// compose builds and signs the whole message before its first byte is written,
// so that no failure of ours can leave half a message with the server.
func (s *session) compose(m RecipientMessage) {
	s.bodyOf = m.Message
	if m.Recipient.Address, _, s.composeErr = envelopeAddress(m.Recipient.Address); s.composeErr == nil {
		s.nextBody, s.composeErr = m.Message.AppendWire(s.nextBody[:0], m.Recipient)
	}
	s.nextBody = append(s.nextBody, ".\r\n"...)
}

// takeBody makes the body of the envelope's message the current one. Where the
// message has been composed anew since the envelope was sent, the body is built
// again: nothing of it has been written yet.
func (s *session) takeBody(m RecipientMessage) error {
	if m.Message != s.bodyOf {
		s.compose(m)
	}
	s.body, s.nextBody = s.nextBody, s.body
	return s.composeErr
}

// SendBody implements Conn.
func (s *session) SendBody(m RecipientMessage, next *RecipientMessage) (string, error) {
	if s.stage != readyForBody || s.envelopeID != m.Recipient.MessageID {
		return "", s.connError("send body", errors.New("the envelope is of another message"))
	}
	if err := s.takeBody(m); err != nil {
		return "", err
	}
	whole := len(s.body)
	s.stage = s.pipelineNext(next)
	if n, err := s.write(bodyTimeout, s.body); err != nil {
		return "", s.bodyWriteError(m, n < whole, err)
	}
	if s.stage == envelopeSent {
		s.compose(*next) // while the server processes this one
	}
	r, err := s.read(finalDotTimeout)
	if err != nil {
		return "", s.inDoubtError(err)
	}
	if r.isPositive() {
		return r.String(), nil
	}
	sendErr := replyError(stepEnd, r, m.Recipient.Address, s.ours)
	if sendErr.ConnClosed {
		s.hangUp()
	}
	return "", sendErr
}

// pipelineNext appends the next envelope behind the final dot where the server
// allows it, and returns the stage that follows.
func (s *session) pipelineNext(next *RecipientMessage) stage {
	if next == nil || !s.ext.pipelining {
		return idle
	}
	envelope, sendErr := s.ext.commands(*next, s.from)
	if sendErr != nil {
		return idle // SendEnvelope will report it
	}
	s.envelope, s.envelopeID = envelope, next.Recipient.MessageID
	s.body = appendCommands(s.body, envelope)
	return envelopeSent
}

// bodyWriteError handles a body that could not be written. partial reports that
// the final dot was not written, so that the server cannot have accepted the
// message. A server that closes the connection early may have sent its reason.
func (s *session) bodyWriteError(m RecipientMessage, partial bool, err error) *SendError {
	if r, readErr := s.read(quitTimeout); readErr == nil && r.code >= 400 {
		s.hangUp()
		sendErr := replyError(stepEnd, r, m.Recipient.Address, s.ours)
		sendErr.ConnClosed = true
		return sendErr
	}
	if partial {
		return s.connError("send body", err)
	}
	return s.inDoubtError(err)
}

// inDoubtError is a final dot without a reply. The message is sent again under
// the same Message-ID: a lost message is worse than a repeated one.
func (s *session) inDoubtError(err error) *SendError {
	sendErr := s.connError("wait for the reply to the final dot", err)
	sendErr.Scope, sendErr.InDoubt = ScopeRecipient, true
	return sendErr
}
