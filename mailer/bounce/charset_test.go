package bounce

import "testing"

// A notice is understood whose encoding is not the one it names, or that names none.
func TestWrongCharsets(t *testing.T) {
	const words = "Thư không gửi được tới lan@phutho.example: địa chỉ này không tồn tại."
	for _, charset := range []string{"; charset=utf-8", "", "; charset=us-ascii", "; charset=khong-co", "; charset=iso-8859-1", "; charset=windows-1252", "; charset=\"\"", "; charset=utf-16"} {
		raw := "Return-Path: <>\nFrom: mailer-daemon@mx.example.vn\nTo: tra-lai@example.org\nSubject: Thư không gửi được\nContent-Type: text/plain" + charset +
			"\nContent-Transfer-Encoding: 8bit\n\n" + words + "\n"
		if r := Classify([]byte(raw)).Recipients[0]; r.Kind != Hard || r.Reason != UserUnknown || r.Address != "lan@phutho.example" {
			t.Errorf("%q: %s %s about %s: %q", charset, r.Kind, r.Reason, r.Address, r.Diagnostic)
		}
	}
	// Bytes that are no text in any encoding end nobody's address.
	raw := append([]byte("Return-Path: <>\nFrom: mailer-daemon@mx.example.vn\nSubject: Thu tra lai\nContent-Type: text/plain; charset=utf-8\n\nlan@phutho.example: "), 0xff, 0xfe, 0x00, 0x81, '\n')
	if r := Classify(raw).Recipients[0]; r.Kind == Hard || r.Kind == Complaint {
		t.Errorf("%+v", r)
	}
}
