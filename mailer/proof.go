package mailer

import "encoding/hex"

// ProveInstallation answers a challenge in a way that only a program with this
// installation's secret and database can: mark is what the database has and no copy of it.
// A new challenge has another answer, so that an answer is worth nothing later.
func (t *Tokens) ProveInstallation(challenge, mark string) string {
	return hex.EncodeToString(hmacSHA256(t.proof, challenge+"\x00"+mark))
}
