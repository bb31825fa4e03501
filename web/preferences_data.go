package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bantin"
	"bantin/store"
)

// How long links are valid that were mailed on request: one to all data, and one by which
// a contact comes back who left.
const (
	accountLinkTTL = time.Hour
	returnLinkTTL  = 31 * 24 * time.Hour
)

func (s *site) requestAccountLink(w http.ResponseWriter, r *http.Request, owner linkClaims) error {
	n := store.Notice{Nonce: newNonce(), About: store.NoticeAbout{Expires: s.Now().Add(accountLinkTTL)}}
	if err := s.Store.Contacts().RequestLink(r.Context(), owner.key, n, s.limit("link", owner.key, maxPerMailbox, 24*time.Hour)); err != nil {
		return err
	}
	return s.redirectBack(w, r, "link")
}

func (s *site) requestAddressChange(w http.ResponseWriter, r *http.Request, owner linkClaims, c *bantin.Contact, form url.Values) error {
	email := strings.TrimSpace(form.Get("email"))
	lang := s.language(r)
	if text, hint := emailProblem(lang, email); text != "" {
		return s.renderProblem(w, r, owner, c, form, problem{"email", text, hint})
	}
	err := s.Store.Contacts().RequestAddressChange(r.Context(), newNonce(), owner.key, email, s.Now().Add(confirmTTL), c.Language, s.moveLimits(r, owner.key, email))
	if err != nil {
		return err
	}
	return s.redirectBack(w, r, "move")
}

// contactData is all data kept about a contact, as exported to a file.
type contactData struct {
	bantin.Contact
	Record     []bantin.AuditEntry  `json:"record,omitempty"`
	Deliveries []bantin.Delivery    `json:"deliveries,omitempty"`
	Requests   []bantin.DataRequest `json:"data_requests,omitempty"`
}

// ContactData is all that is kept about a contact, as JSON for them. The names of the
// office's staff in the audit log and in requests are removed.
func ContactData(ctx context.Context, db *store.DB, c *bantin.Contact) ([]byte, error) {
	const maxDeliveries = 1000
	deliveries, err := db.Deliveries().ToContact(ctx, c.ID, maxDeliveries)
	if err != nil {
		return nil, err
	}
	record, err := db.Contacts().Audit(ctx, c.Email)
	if err != nil {
		return nil, err
	}
	for i := range record {
		record[i].Who = ""
	}
	requests, err := db.DataRequests().Of(ctx, bantin.AddressKey(c.Email))
	if err != nil {
		return nil, err
	}
	for i := range requests {
		requests[i].By, requests[i].DoneBy = "", ""
	}
	body, err := json.MarshalIndent(contactData{*c, record, deliveries, requests}, "", "  ")
	return append(body, '\n'), err
}

// exportData serves the contact's data as a file.
func (s *site) exportData(w http.ResponseWriter, r *http.Request, c *bantin.Contact) error {
	body, err := ContactData(r.Context(), s.Store, c)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="bantin.json"`)
	_, _ = w.Write(body) // the visitor may have gone
	return nil
}

// erase removes everything but a keyed hash of the address.
func (s *site) erase(w http.ResponseWriter, r *http.Request, owner linkClaims, c *bantin.Contact, form url.Values) error {
	lang := s.language(r)
	if form.Get("sure") == "" {
		return s.renderProblem(w, r, owner, c, form, problem{"sure", lang.Say("Chưa đánh dấu ô xác nhận xóa", "The confirmation box is not ticked"),
			lang.Say("Hãy đánh dấu ô này rồi bấm lần nữa.", "Tick this box and press the button again.")})
	}
	if err := s.Store.Contacts().Erase(r.Context(), c.Email, s.Tokens.ErasedKey()); err != nil {
		return fmt.Errorf("erase contact: %w", err)
	}
	s.Log.Info("contact erased on request")
	p := s.message(r, http.StatusOK, lang.Say("Đã xóa", "Erased"),
		lang.Say("Chúng tôi không còn giữ gì về bạn, trừ một dấu vết không đọc ngược được, để danh sách của văn phòng không đưa bạn trở lại.",
			"We no longer hold any data about you, except for a fingerprint of your address that cannot be reversed. It keeps the office's lists from adding you again."))
	return s.render(w, http.StatusOK, "message", p)
}
