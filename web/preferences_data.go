package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bantin"
	"bantin/store"
)

// dataLives is how long a fresh link is good.
const dataLives = time.Hour

func (s *site) askForLink(w http.ResponseWriter, r *http.Request, h holder) error {
	limit := store.RequestLimit{Key: s.Tokens.RateLimitKey("link", h.key), Max: mostOfMailbox, Window: 24 * time.Hour}
	n := store.Notice{Nonce: newNonce(), About: store.NoticeAbout{Expires: s.Now().Add(dataLives)}}
	if err := s.Store.Contacts().RequestLink(r.Context(), h.key, n, limit); err != nil {
		return err
	}
	return s.again(w, r, "link")
}

func (s *site) askToMove(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values) error {
	email := strings.TrimSpace(form.Get("email"))
	lang := s.language(r)
	if text, hint := emailProblem(lang, email); text != "" {
		return s.mend(w, r, h, c, form, problem{"email", text, hint})
	}
	err := s.Store.Contacts().RequestAddressChange(r.Context(), newNonce(), h.key, email, s.Now().Add(confirmLives), c.Language, s.ofNetwork(r), s.ofMailbox(email))
	if err != nil {
		return err
	}
	return s.again(w, r, "move")
}

// kept is all that is kept of a contact, as she gets it in a file.
type kept struct {
	bantin.Contact
	Record     []bantin.AuditEntry `json:"record,omitempty"`
	Deliveries []bantin.Delivery   `json:"deliveries,omitempty"`
}

// sendData serves her data as a file; who of the office ran which command is
// not hers.
func (s *site) sendData(w http.ResponseWriter, r *http.Request, c *bantin.Contact) error {
	const mostDeliveries = 1000
	deliveries, err := s.Store.Deliveries().ToContact(r.Context(), c.ID, mostDeliveries)
	if err != nil {
		return err
	}
	record, err := s.Store.Contacts().Audit(r.Context(), c.Email)
	if err != nil {
		return err
	}
	for i := range record {
		record[i].Who = ""
	}
	body, err := json.MarshalIndent(kept{*c, record, deliveries}, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="bantin.json"`)
	_, _ = w.Write(append(body, '\n')) // a visitor who went away is no fault of ours
	return nil
}

// erase removes all but a keyed hash of her address.
func (s *site) erase(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values) error {
	lang := s.language(r)
	if form.Get("sure") == "" {
		return s.mend(w, r, h, c, form, problem{"sure", lang.Say("Chưa đánh dấu ô xác nhận xóa", "The box that says you are sure is not ticked"),
			lang.Say("Hãy đánh dấu ô này rồi bấm lần nữa.", "Tick this box and press again.")})
	}
	if err := s.Store.Contacts().Erase(r.Context(), c.Email, s.Tokens.ErasedKey()); err != nil {
		return fmt.Errorf("erase at her own wish: %w", err)
	}
	s.Log.Info("somebody had herself erased")
	p := s.message(r, http.StatusOK, lang.Say("Đã xóa", "Erased"),
		lang.Say("Chúng tôi không còn giữ gì về bạn, trừ một dấu vết không đọc ngược được, để danh sách của văn phòng không đưa bạn trở lại.",
			"We keep nothing of you but a trace that cannot be read back, so that the office's lists do not bring you back."))
	return s.render(w, http.StatusOK, "message", p)
}
