#!/usr/bin/env bash
# Runs the full test suite: formatting, vet, staticcheck, generated files, all
# tests, those that are quick once more with the race detector, each fuzz target
# for some seconds, and each benchmark once.
#
# It installs missing prerequisites where it may (Debian and its derivatives, as
# root) and says so. Where it may not, the tests that need them skip. The last
# line says how many tests skipped and why.
#
# ./test.sh STAGE… runs some stages only, which may run side by side on several machines:
#   check      formatting, vet, staticcheck
#   tests      all tests but those of the other stages
#   race       those of go test -short in packages with goroutines, and the daemon's, with the race detector
#   browser    pages and mails in a real browser
#   postgres   the journeys once more, on PostgreSQL
#   fuzz       each fuzz target
#   bench      each benchmark, once and small
#
#   FUZZ=30s           how long each fuzz target runs, or how often (20000x)
#   BANTIN_NO_SKIP=1   a missing prerequisite is a failure (.ci/run sets it)
set -eu
cd "$(dirname "$0")"
apt="-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3" # another may be installing, a mirror may have a bad moment
fuzz=${FUZZ:-8000x} # some seconds; by count, since a limit of time now and then ends in "context deadline exceeded"

all='check tests race browser postgres fuzz bench'
stages=${*:-$all}
for stage in $stages; do
	case " $all " in *" $stage "*) ;; *) echo "no stage $stage: $all"; exit 2 ;; esac
done
wants() { case " $stages " in *" $1 "*) ;; *) return 1 ;; esac; }

say() { printf '\n== %s\n' "$*"; }

# What a test needs beyond Go: a command, a file or a Python module, its Debian package, what for.
needs() {
	cat <<-'END'
		command:chromium chromium pages-in-a-real-browser
		python:html5lib python3-html5lib the-feed-validator
		command:newsboat newsboat a-real-feed-reader
		command:r2e rss2email a-real-feed-reader
		python:feedparser python3-feedparser a-real-feed-reader
		command:sfeed sfeed a-real-feed-reader
		command:curl curl what-sfeed-fetches-with
		command:/usr/sbin/nginx nginx static-copies-on-a-real-web-server
		command:caddy caddy the-same-on-another-one
		file:/usr/lib/postgresql postgresql several-machines-on-one-database
		python:dkim python3-dkim a-verifier-of-signatures
		python:nacl python3-nacl the-same-for-Ed25519
		command:/usr/sbin/dovecot dovecot-imapd a-real-IMAP-server
		command:/usr/sbin/postfix postfix a-real-mail-server
		command:promtool prometheus what-judges-the-rules-of-examples/service
		command:systemd-analyze systemd what-reads-the-units-of-packaging
		command:script bsdutils a-terminal
		command:spamassassin spamassassin what-receivers-think-of-mails
		command:rspamd rspamd the-same-by-another-filter
		command:khal khal a-calendar-program-that-reads-events.ics
		command:/usr/sbin/pgbouncer pgbouncer a-pooler-before-PostgreSQL
		command:soffice libreoffice-writer-nogui what-converts-old-office-files
		command:pdftotext poppler-utils the-words-of-PDF
	END
}

have() {
	case $1 in
	command:*) command -v "${1#command:}" >/dev/null ;;
	file:*) [ -e "${1#file:}" ] ;;
	python:*) /usr/bin/python3 -c "import ${1#python:}" 2>/dev/null ;;
	esac
}

install_missing() {
	missing=""
	while read -r what package purpose; do
		have "$what" || missing="$missing $package"
	done <<-END
		$(needs)
	END
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "installing:$missing"
		apt-get update -qq $apt || true
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $apt $missing >/dev/null
	else
		echo "missing, so some tests skip:$missing"
		echo "install them: sudo apt-get install$missing"
	fi
	[ -z "${BANTIN_NO_SKIP:-}" ] || while read -r what package purpose; do
		have "$what" || { echo "$package is missing ($purpose), and BANTIN_NO_SKIP forbids skipping"; exit 1; }
	done <<-END
		$(needs)
	END
}

# Exim is a second real mail server. Its package and Postfix's exclude each
# other, so it is unpacked into a cache folder; internal/smtptest finds it there.
unpack_exim() {
	folder=${XDG_CACHE_HOME:-$HOME/.cache}/bantin-tests/exim
	if [ ! -x "$folder/usr/sbin/exim4" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		mkdir -p "$folder"
		apt-get update -qq $apt || true
		(cd "$folder" && apt-get download -qq $apt exim4-daemon-light exim4-base &&
			for package in ./*.deb; do dpkg-deb -x "$package" .; done &&
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $apt $(dpkg-deb -f ./exim4-daemon-light*.deb Depends |
				tr ',' '\n' | sed 's/[|(].*//; s/ //g' | grep '^lib') >/dev/null && rm -f ./*.deb)
	fi
	if [ "$(id -u)" = 0 ] && ! getent passwd Debian-exim >/dev/null; then # the name is built into it
		useradd --system --no-create-home --shell /usr/sbin/nologin Debian-exim
	fi
	[ -z "${BANTIN_NO_SKIP:-}" ] || [ -x "$folder/usr/sbin/exim4" ] || { echo "Exim is missing in $folder, and BANTIN_NO_SKIP forbids skipping"; exit 1; }
}

# skipped says in one line how many tests skipped, and for want of what.
skipped() {
	sed -n 's/.*"Output":".*: skipped: needs \(.*\)\\n".*/\1/p' "$events" "$browser_events" | sort | uniq -c | sort -rn |
		awk '{ n = $1; $1 = ""; total += n; why = why (why ? "; " : "") n " ×" $0 } END { if (total) print total " tests skipped for want of: " why; else print "no test skipped" }'
}

say "prerequisites"
command -v go >/dev/null || { echo "install Go 1.26 or newer: https://go.dev/dl/"; exit 1; }
go version
install_missing
unpack_exim

# The checkers of pages are npm packages, kept in a cache for the next time.
install_checkers() {
	checkers=${BANTIN_CHECKERS:-${XDG_CACHE_HOME:-$HOME/.cache}/bantin-checks}
	[ ! -e "$checkers/node_modules/axe-core/axe.min.js" ] || [ ! -e "$checkers/node_modules/.bin/html-validate" ] || return 0
	if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "installing: npm"
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $apt npm >/dev/null
	fi
	if command -v npm >/dev/null; then
		mkdir -p "$checkers"
		for try in 1 2 3; do # a registry may have a bad moment
			npm install --prefix "$checkers" --no-audit --no-fund --silent axe-core@4 html-validate@10 && return 0
			sleep 5
		done
	fi
	echo "missing, so the checks of pages skip: axe-core html-validate (npm install --prefix $checkers axe-core@4 html-validate@10)"
	[ -z "${BANTIN_NO_SKIP:-}" ] || exit 1
}
install_checkers

check() {
	say "gofmt"
	unformatted=$(gofmt -l $(git ls-files '*.go' 2>/dev/null || find . -name '*.go'))
	[ -z "$unformatted" ] || { echo "run gofmt -w on:"; echo "$unformatted"; exit 1; }

	say "go vet"
	go vet ./...

	say "staticcheck"
	go tool staticcheck ./...
}

tests() {
	say "tests (they check the generated files too)"
	go tool gotestsum --format pkgname --hide-summary skipped --jsonfile "$events" -- -timeout 30m -skip '^TestOnPostgres$|InBrowser' ./cmd/bantin ./store ./publish/delivery ./...
}

# concurrent lists the packages that start goroutines, or whose tests do, or a server or a
# program, or tests in parallel: elsewhere nothing can race.
concurrent() {
	go list -f '{{.Dir}}' ./... | while read -r dir; do
		! grep -qE '^[[:space:]]*go [a-zA-Z(]|\.Go\(|t\.Parallel\(|RunParallel|httptest|synctest|net\.(Listen|Dial)|http\.(Serve|Client|Transport)|exec\.Command|"bantin/internal/[a-z]*test"' "$dir"/*.go || echo "$dir"
	done
}

race() {
	say "what is quick and has goroutines, with the race detector"
	packages=$(concurrent | grep -v /cmd/)
	[ -n "$packages" ] || { echo "no package has goroutines: go list failed"; exit 1; }
	go test -race -short -timeout 30m -skip '^TestOnPostgres$|InBrowser' $packages
	go test -race -timeout 30m -run 'Daemon|Reload|Nodes|Stop|Storm|Killed|AndGoOn' ./cmd/bantin ./publish ./publish/delivery
}

browser() {
	say "pages and mails in a real browser"
	go tool gotestsum --format pkgname --hide-summary skipped --jsonfile "$browser_events" -- -timeout 30m -run InBrowser ./...
}

postgres() {
	say "the journeys once more, on PostgreSQL"
	go test -timeout 20m -run '^TestOnPostgres$' ./publish/...
}

fuzz() {
	say "fuzz targets, $fuzz each"
	# Compiled once a package, then each target runs by itself.
	for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./...); do
		targets=$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$package"/*_test.go 2>/dev/null | sed 's/^func //' || true)
		for target in $targets; do
			go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzz" "$package"
		done
	done
}

bench() {
	say "benchmarks, once each, small"
	go test -timeout 20m -run '^$' -bench . -benchtime 1x -short ./...
}

events=$(mktemp) browser_events=$(mktemp)
trap 'rm -f "$events" "$browser_events"' EXIT
for stage in $all; do
	if wants "$stage"; then "$stage"; fi
done

say "passed: $stages"
if wants tests || wants browser; then skipped; fi
