#!/usr/bin/env bash
# Runs every benchmark at its full size and prints the ratios that
# docs/benchmarks.md gives. Ten to twenty minutes; quiet machines give steadier
# figures. COUNT=3 runs each three times.
set -eu
cd "$(dirname "$0")/.."
go test -run '^$' -bench . -benchtime 1x -count "${COUNT:-1}" -timeout 30m ./publish/... ./source ./store ./web ./web/office
go test -run '^$' -bench . -count "${COUNT:-1}" ./place ./feed ./mailer ./mailer/bounce
go test -run '^$' -bench . -benchtime 1x -count "${COUNT:-1}" -timeout 30m ./cmd/bantin
