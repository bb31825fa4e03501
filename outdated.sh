#!/usr/bin/env bash
# Says which direct dependencies have a newer release, and exits with 1 where one
# could be taken. A release that needs a newer Go than go.mod's is listed as held back.
set -eu
cd "$(dirname "$0")"
status=0
while read -r module have newest; do
	if reason=$(cd "$(mktemp -d)" && go mod init probe >/dev/null 2>&1 && go get "$module@$newest" 2>&1 >/dev/null | grep 'requires go'); then
		echo "held back  $module $have, newest $newest: needs ${reason##*requires }"
	else
		echo "outdated   $module $have, newest $newest: go get $module@$newest"
		status=1
	fi
done < <(go list -m -u -f '{{if and .Update (not .Indirect)}}{{.Path}} {{.Version}} {{.Update.Version}}{{end}}' all)
[ "$status" = 1 ] || echo "every other direct dependency is at its newest release"
exit "$status"
