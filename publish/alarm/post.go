package alarm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"bantin"
)

// postTimeout is how long a web hook may take.
const postTimeout = 10 * time.Second

// Post is a way that posts the message to a web hook. The address is the operator's own:
// it may lie inside the network. A redirect to another host is not followed.
func Post(address, userAgent string) Way {
	client := &http.Client{Timeout: postTimeout, CheckRedirect: sameHost}
	return Way{Name: "url", Tell: func(ctx context.Context, _ *bantin.Trouble, m Message) error {
		text, err := json.Marshal(m)
		if err != nil {
			return err
		}
		return post(ctx, client, address, userAgent, text)
	}}
}

// sameHost lets a redirect through that posts again to the same host.
func sameHost(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if r.Method != http.MethodPost || r.URL.Host != first.Host || r.URL.Scheme != first.Scheme || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

// post never puts more of the address into its error than the host: the rest is often a
// secret.
func post(ctx context.Context, client *http.Client, address, userAgent string, text []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return errors.New("post the alarm: alarm.url is not a web address")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", userAgent)
	answer, err := client.Do(r)
	if err != nil {
		if outer := (*url.Error)(nil); errors.As(err, &outer) {
			err = outer.Err
		}
		return fmt.Errorf("post the alarm to %s: %w", r.URL.Host, err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)); err != nil {
		return fmt.Errorf("post the alarm to %s: %w", r.URL.Host, err)
	}
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return fmt.Errorf("post the alarm to %s: it answers %s: write the address that it leads to into alarm.url", r.URL.Host, answer.Status)
	}
	return fmt.Errorf("post the alarm to %s: it answers %s", r.URL.Host, answer.Status)
}
