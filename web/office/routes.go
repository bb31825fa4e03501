package office

import (
	"net/http"
	"net/url"

	"bantin"
)

// routes is the table of contents of the office's pages.
func (o *office) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /office/static/{name}", http.HandlerFunc(o.asset))
	mux.Handle("GET /office/sign-in", o.open(o.signInForm))
	mux.Handle("POST /office/sign-in", o.open(o.requestLink))
	mux.Handle("GET /office/sign-in/{token}", o.open(o.linkForm))
	mux.Handle("POST /office/sign-in/{token}", o.open(o.signIn))
	mux.Handle("POST /office/sign-out", o.action(forPeople(o.signOut)))

	mux.Handle("GET /office", o.page(o.today))
	mux.Handle("GET /office/editions", o.page(o.editions))
	mux.Handle("GET /office/editions/{id}", o.page(o.edition))
	mux.Handle("GET /office/editions/{id}/events", o.page(o.stream))
	mux.Handle("GET /office/editions/{id}/message", o.page(o.message))
	mux.Handle("GET /office/editions/{id}/message/html", o.page(o.messageHTML))
	mux.Handle("GET /office/editions/{id}/preview", o.page(o.editionPreviewHTML))
	mux.Handle("GET /office/editions/{id}/file", o.page(o.editionFile))
	mux.Handle("POST /office/editions/{id}/pause", o.action(o.steer(bantin.ActionPause, o.pause)))
	mux.Handle("POST /office/editions/{id}/resume", o.action(o.steer(bantin.ActionResume, o.resume)))
	mux.Handle("POST /office/editions/{id}/cancel", o.action(o.steer(bantin.ActionCancel, o.cancel)))
	mux.Handle("POST /office/editions/{id}/retry", o.action(o.steer(bantin.ActionRetry, o.retry)))
	mux.Handle("POST /office/editions/{id}/resend", o.action(o.steer(bantin.ActionResend, o.resend)))
	mux.Handle("POST /office/editions/{id}/approve", o.action(o.steer(bantin.ActionApprove, o.approve)))
	mux.Handle("GET /office/digests/{id}", o.page(o.digest))
	mux.Handle("GET /office/digests/{id}/preview", o.page(o.digestPreviewHTML))
	mux.Handle("GET /office/digests/{id}/file", o.page(o.composedFile))
	mux.Handle("POST /office/digests/{id}/file", o.upload(o.linkFile))
	mux.Handle("POST /office/digests/{id}/next", o.action(o.composeNext))
	mux.Handle("POST /office/digests/{id}/special", o.upload(o.planSpecial))
	mux.Handle("POST /office/digests/{id}/test", o.action(o.sendTest))
	mux.Handle("POST /office/digests/{id}/send", o.action(o.sendNow))
	mux.Handle("GET /office/bulletins", o.page(o.bulletins))
	mux.Handle("GET /office/bulletins/add", o.page(o.newBulletin))
	mux.Handle("POST /office/bulletins/add", o.upload(o.addBulletin))
	mux.Handle("GET /office/bulletins/{id}", o.page(o.bulletin))
	mux.Handle("POST /office/bulletins/{id}/hold", o.action(o.decide(bantin.ActionHold, o.hold)))
	mux.Handle("POST /office/bulletins/{id}/release", o.action(o.decide(bantin.ActionRelease, o.release)))
	mux.Handle("POST /office/bulletins/{id}/withdraw", o.action(o.decide(bantin.ActionWithdraw, o.withdraw)))
	mux.Handle("POST /office/bulletins/{id}/renew", o.action(o.decide(bantin.ActionRenew, o.renew)))
	mux.Handle("POST /office/bulletins/{id}/merge", o.action(o.decide(bantin.ActionMerge, o.merge)))
	mux.Handle("POST /office/bulletins/{id}/correct", o.action(o.decide(bantin.ActionCorrect, o.correct)))
	mux.Handle("GET /office/contacts", o.page(o.contacts))
	mux.Handle("POST /office/contacts/add", o.action(o.addContact))
	mux.Handle("POST /office/contacts/undo", o.action(o.undoImport))
	mux.Handle("GET /office/contacts/export", o.page(forPeople(o.exportContacts)))
	mux.Handle("GET /office/contacts/import", o.page(o.importForm))
	mux.Handle("POST /office/contacts/import", o.upload(o.tryImport))
	mux.Handle("GET /office/contacts/import/{token}", o.page(o.showUpload))
	mux.Handle("POST /office/contacts/import/{token}", o.action(o.doImport))
	mux.Handle("GET /office/contacts/import/{token}/rejected", o.page(o.rejectedRows))
	mux.Handle("GET /office/contacts/{key}", o.page(o.contact))
	mux.Handle("POST /office/contacts/{key}/{erase}", o.action(forPeople(o.eraseContact))) // beside import/{token}, which is more special
	mux.Handle("GET /office/contacts/{key}/{data}", o.page(forPeople(o.personData)))
	mux.Handle("GET /office/requests", o.page(o.requests))
	mux.Handle("POST /office/requests/add", o.action(o.addRequest))
	mux.Handle("POST /office/requests/{id}/done", o.action(o.finishRequest))
	mux.Handle("GET /office/returns", o.page(o.returns))
	mux.Handle("POST /office/returns/remove", o.action(o.removeSuppression))
	mux.Handle("POST /office/returns/undo", o.action(o.undoSuppressions))
	mux.Handle("GET /office/statistics", o.page(o.statistics))
	mux.Handle("GET /office/statistics/{file}", o.page(o.statisticsFile))
	mux.Handle("GET /office/calendar", o.page(o.calendar))
	mux.Handle("GET /office/calendar/{file}", o.open(o.calendarFile))
	mux.Handle("GET /office/sources", o.page(o.sources))
	mux.Handle("POST /office/sources/{id}/collect", o.action(o.collect))
	mux.Handle("GET /office/settings", o.page(forPeople(o.settings)))

	mux.Handle("GET /office/", o.page(o.notFound))
	mux.Handle("POST /office/", o.action(o.notFound))
	mux.Handle("GET /{$}", http.RedirectHandler("/office", http.StatusSeeOther)) // at an address of its own
	return o.rejectCrossSite(mux)
}

// rejectCrossSite refuses forms posted from other sites.
func (o *office) rejectCrossSite(rest http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if u, err := url.Parse(o.Site.URL); err == nil && u.Host != "" {
		_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // a proxy may hide the host that browsers see
	}
	protection.SetDenyHandler(o.open(func(http.ResponseWriter, *http.Request, *visit) error { return errCrossSite }))
	return protection.Handler(rest)
}

// asset serves a static file, signed in or not.
func (o *office) asset(w http.ResponseWriter, r *http.Request) {
	d, ok := o.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	d.ServeHTTP(w, r)
}
