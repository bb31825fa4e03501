#!/usr/bin/env bash
# Collects the licence texts of all libraries that are in the program, whatever it is built
# for, into one file: packaging/licences.sh OUT
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1/copyright
mkdir -p "$1"
{
	own=$(find . -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' \) | LC_ALL=C sort | head -1)
	if [ -n "$own" ]; then
		cat "$own"
	else
		echo "The source of bantin itself has no licence file; its authors say what is allowed."
	fi
	printf '\n%s\n\n' "bantin contains these libraries, each under the licence that follows its name."
	for os in linux darwin windows; do
		GOOS=$os go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/bantin
	done | sort -u | while read -r module version dir; do
		printf '\n%s\n%s %s\n\n' "$(printf '%.0s-' {1..78})" "$module" "$version"
		texts=$(find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' -o -iname 'copyright*' \) | LC_ALL=C sort)
		[ -n "$texts" ] || { echo "no licence text of $module in $dir" >&2; exit 1; }
		while read -r text; do cat "$text"; echo; done <<<"$texts"
	done
	printf '\n%s\nThe Go standard library and runtime, %s\n\n' "$(printf '%.0s-' {1..78})" "$(go env GOVERSION)"
	cat "$(go env GOROOT)/LICENSE"
} >"$out"
