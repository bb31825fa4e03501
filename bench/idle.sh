#!/usr/bin/env bash
# What a daemon costs that has nothing to do: processor time, bytes written to disk
# and, on PostgreSQL, transactions and WAL, in SECONDS (60).
#
#   bench/idle.sh BINARY [postgres://…]
set -eu
binary=$(realpath "$1") url=${2:-} seconds=${SECONDS_IDLE:-60}
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
mkdir bulletins
cat >bantin.yaml <<END
site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org, address: "Số 1 phố Ví Dụ, Hà Nội"}
http: {listen: "127.0.0.1:0"}
${url:+database: "$url"}
sources: [{id: van-phong, kind: folder, path: bulletins, schedule: "@every 1h"}]
feeds: [{id: tat-ca, title: Bản tin khuyến học}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
END
"$binary" run >log 2>&1 &
pid=$!
sleep 10 # it has started
ticks() { awk '{print $14 + $15}' "/proc/$pid/stat"; }
written() { awk '/^write_bytes/ {print $2}' "/proc/$pid/io"; }
postgres() { [ -z "$url" ] || psql -qAt "$url" -c "SELECT xact_commit + xact_rollback, pg_current_wal_lsn() - '0/0' FROM pg_stat_database WHERE datname = current_database()"; }
cpu=$(ticks) bytes=$(written) before=$(postgres)
sleep "$seconds"
hz=$(getconf CLK_TCK)
echo "processor ms: $((($(ticks) - cpu) * 1000 / hz))"
echo "bytes written: $(($(written) - bytes))"
if [ -n "$url" ]; then
	sleep 1
	after=$(postgres)
	echo "transactions: $((${after%|*} - ${before%|*}))"
	echo "WAL bytes: $((${after#*|} - ${before#*|}))"
fi
