package bantin

// Words says what happened to a contact.
func (d AuditAction) Words() Words {
	words, ok := map[AuditAction]Words{
		AuditAdded:        {VI: "được thêm", EN: "added"},
		AuditChanged:      {VI: "đổi thông tin", EN: "changed"},
		AuditRestored:     {VI: "trả lại như trước", EN: "restored"},
		AuditRequested:    {VI: "xin nhận", EN: "requested"},
		AuditSubscribed:   {VI: "đăng ký nhận", EN: "subscribed"},
		AuditUnsubscribed: {VI: "ngừng nhận", EN: "unsubscribed"},
		AuditPaused:       {VI: "tạm ngừng", EN: "paused"},
		AuditSuppressed:   {VI: "bị chặn gửi", EN: "suppressed"},
		AuditUnsuppressed: {VI: "được gửi lại", EN: "unsuppressed"},
		AuditMailed:       {VI: "gửi thư", EN: "mailed"},
		AuditResent:       {VI: "xếp hàng gửi lại", EN: "queued again"},
		AuditReturned:     {VI: "thư trở về", EN: "a message was returned"},
		AuditRefused:      {VI: "thư bị từ chối lúc gửi", EN: "a message was refused while it was sent"},
		AuditMerged:       {VI: "nhập làm một với người đã có địa chỉ mới", EN: "merged with the contact who had the new address"},
	}[d]
	if !ok {
		return Words{VI: string(d), EN: string(d)}
	}
	return words
}

// ByWords says who caused an entry of a contact's audit log.
func ByWords(by string) Words {
	return map[string]Words{
		ByImport:  {VI: "nhập danh sách", EN: "by an import"},
		ByOffice:  {VI: "do văn phòng", EN: "by the office"},
		ByContact: {VI: "do chính người nhận", EN: "by the contact"},
		ByBounce:  {VI: "do thư bị trả lại", EN: "because of a returned message"},
	}[by]
}
