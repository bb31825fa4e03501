#!/usr/bin/env bash
# A long storm: an edition mailed while nodes are killed 200 times and as often
# something else is done to them, and the trials of docs/reliability.md with
# 20,000 contacts each. Some twenty minutes.
#
#   KILLS=200 how often
set -eu
cd "$(dirname "$0")/.."
STORM_KILLS=${KILLS:-200} go test -count=1 -timeout 3h -parallel 2 -v -run 'TestStorm|TestTrials|TestTwoNodes' ./cmd/bantin |
	grep -E '^ +storm_test|^ *(---|===|PASS|FAIL|ok)' | grep -v -E 'PAUSE|CONT|NAME'
