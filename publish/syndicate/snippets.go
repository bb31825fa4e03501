package syndicate

import (
	"fmt"
	"regexp"
	"strings"

	"bantin/feed"
)

// Names of the snippets in the folder of an export.
const (
	nginxSnippet = "bantin.nginx.conf"
	caddySnippet = "bantin.Caddyfile"
)

// snippets are the configuration that a web server needs to serve an export as the daemon
// serves its feeds. They say nothing of where the folder is.
type snippets struct{ *Config }

// files gives the snippets by the names of their files.
func (s snippets) files() map[string]string {
	return map[string]string{nginxSnippet: s.nginx(), caddySnippet: s.caddy()}
}

// linkHeader is the Link of each document, where path stands for its own.
func (s snippets) linkHeader(path string, hubs bool) string {
	var links []string
	for _, hub := range s.Hubs {
		if hubs {
			links = append(links, "<"+hub+`>; rel="hub"`)
		}
	}
	return strings.Join(append(links, "<"+strings.TrimSuffix(s.Site.URL, "/")+path+`>; rel="self"`), ", ")
}

func (s snippets) nginx() string {
	var w strings.Builder
	fmt.Fprint(&w, `# Written by bantin with each export; changes here are lost.
# server {
#     root /this/folder;
#     include /this/folder/bantin.nginx.conf;
# }
charset utf-8;
charset_types application/rss+xml application/atom+xml application/feed+json text/x-opml;
etag on;
gzip_static on;
gzip_vary on;
# With these modules the smaller copies are served too:
# brotli_static on;
# zstd_static on;
types {
    application/rss+xml rss;
    application/atom+xml atom;
    application/feed+json json;
    text/x-opml opml;
}
location ~ (^|/)\.bantin|^/bantin\. { return 404; }
`)
	for _, plan := range s.Plans {
		if plan.Gone {
			fmt.Fprintf(&w, "location ~ ^/feeds/%s(/.*)?\\.(%s)$ { return 410; }\n", regexp.QuoteMeta(plan.ID), extensions("|"))
		}
		for _, alias := range plan.Aliases {
			fmt.Fprintf(&w, "location ~ ^/feeds/%s((?:/.*)?\\.(?:%s))$ { return 301 %s/feeds/%s$1; }\n",
				regexp.QuoteMeta(alias), extensions("|"), s.prefix(), plan.ID)
		}
	}
	s.nginxLocation(&w, `/archive/[0-9-]+\.json$`, feed.ArchiveCaching, false, true)
	s.nginxLocation(&w, `/archive/[0-9-]+\.(rss|atom)$`, feed.ArchiveCaching, false, false)
	fmt.Fprintf(&w, `# The newest archive page names the next one before that is there.
location @bantin_next {
    add_header Cache-Control "no-cache";
    if ($uri ~ %s) { return 307 %s/feeds/$1$2; }
    return 404;
}
`, nextPage(), s.prefix())
	s.nginxLocation(&w, `\.json$`, feed.SubscriptionCaching, true, true)
	s.nginxLocation(&w, `\.(rss|atom)$`, feed.SubscriptionCaching, true, false)
	s.nginxLocation(&w, `\.opml$`, feed.SubscriptionCaching, false, true)
	return w.String()
}

func (s snippets) nginxLocation(w *strings.Builder, pattern, caching string, hubs, anyOrigin bool) {
	fmt.Fprintf(w, "location ~ %s {\n    max_ranges 0;\n    add_header Cache-Control %q;\n    add_header Link '%s';\n",
		pattern, caching, s.linkHeader("$uri", hubs))
	if anyOrigin {
		fmt.Fprint(w, "    add_header Access-Control-Allow-Origin \"*\";\n    add_header Access-Control-Expose-Headers \"ETag, Link\";\n")
	}
	if caching == feed.ArchiveCaching {
		fmt.Fprint(w, "    try_files $uri @bantin_next;\n")
	}
	fmt.Fprint(w, "}\n")
}

// nextPage matches the path of a numbered archive page: what stands before the
// page, and the extension.
func nextPage() string { return `^/feeds/(.+)/archive/[1-9][0-9]*(\.(?:` + extensions("|") + `))$` }

func (s snippets) caddy() string {
	var w strings.Builder
	fmt.Fprintf(&w, `# Written by bantin with each export; changes here are lost.
# bantin.example.org {
#     root * /this/folder
#     import /this/folder/bantin.Caddyfile
# }
@bantin_any path *.rss *.atom *.json *.opml
header @bantin_any Vary Accept-Encoding
@bantin_rss path *.rss
header @bantin_rss Content-Type "application/rss+xml; charset=utf-8"
@bantin_atom path *.atom
header @bantin_atom Content-Type "application/atom+xml; charset=utf-8"
@bantin_json path *.json
header @bantin_json {
	Content-Type "application/feed+json; charset=utf-8"
	Access-Control-Allow-Origin "*"
	Access-Control-Expose-Headers "ETag, Link"
}
@bantin_opml path *.opml
header @bantin_opml {
	Content-Type "%s"
	Cache-Control %q
	Access-Control-Allow-Origin "*"
}
@bantin_archive path_regexp /archive/[0-9-]+\.
header @bantin_archive {
	Cache-Control %q
	Link %s
}
@bantin_current {
	path *.rss *.atom *.json
	not path_regexp /archive/[0-9-]+\.
}
header @bantin_current {
	Cache-Control %q
	Link %s
}
`, feed.OPMLMediaType, feed.SubscriptionCaching, feed.ArchiveCaching, "`"+s.linkHeader("{path}", false)+"`", feed.SubscriptionCaching, "`"+s.linkHeader("{path}", true)+"`")
	for i, plan := range s.Plans {
		if plan.Gone {
			fmt.Fprintf(&w, "@bantin_gone%[1]d path_regexp ^/feeds/%[2]s(/.*)?\\.(%[3]s)$\nrespond @bantin_gone%[1]d 410\n", i, regexp.QuoteMeta(plan.ID), extensions("|"))
		}
		for j, alias := range plan.Aliases {
			name := fmt.Sprintf("bantin_moved%d_%d", i, j)
			fmt.Fprintf(&w, "@%[1]s path_regexp %[1]s ^/feeds/%[2]s((?:/.*)?\\.(?:%[5]s))$\nredir @%[1]s %[3]s/feeds/%[4]s{re.%[1]s.1} 301\n",
				name, regexp.QuoteMeta(alias), s.prefix(), plan.ID, extensions("|"))
		}
	}
	fmt.Fprintf(&w, `# The newest archive page names the next one before that is there.
@bantin_next {
	path_regexp bantin_next %s
	not file
}
redir @bantin_next %s/feeds/{re.bantin_next.1}{re.bantin_next.2} 307
`, nextPage(), s.prefix())
	fmt.Fprint(&w, "file_server {\n\thide .bantin-* bantin.nginx.conf bantin.Caddyfile\n\tprecompressed br zstd gzip\n}\n")
	return w.String()
}

// extensions lists those of all formats.
func extensions(sep string) string {
	var list []string
	for _, format := range feed.Formats() {
		list = append(list, format.Ext)
	}
	return strings.Join(list, sep)
}
