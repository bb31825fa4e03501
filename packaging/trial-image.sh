#!/usr/bin/env bash
# Builds the steps of packaging/Containerfile in a chroot, where no engine runs, and runs its
# command as its user: sudo packaging/trial-image.sh PACKAGE.deb. It needs root, debootstrap
# and the network. The image has no more than what the file says: no systemd, no sudo.
set -euo pipefail
[ -n "${IN_TRIAL:-}" ] || exec env IN_TRIAL=1 unshare --mount "$0" "$(realpath "$1")"
package=$1
file=$(dirname "$(realpath "$0")")/Containerfile
root=$(mktemp -d "${TMPDIR:-/var/tmp}/bantin-image-XXXX")
daemon=""
end() {
	status=$?
	[ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null || true
	umount --lazy "$root/proc" 2>/dev/null || true
	rm -rf --one-file-system "$root"
	[ $status = 0 ] && echo "the image works" || echo "FAILED"
}
trap end EXIT
said() { sed -n "s/^$1 //p" "$file"; }

[ "$(said FROM)" = debian:bookworm-slim ]
if [ -n "${BASE:-}" ]; then
	cp -a "$BASE/." "$root/"
else
	debootstrap --variant=minbase bookworm "$root" >/dev/null
fi
mount --bind /proc "$root/proc"
cp /etc/resolv.conf "$root/etc/"
cp "$package" "$root/$(said COPY | sed 's/.* //')"
said RUN | while read -r step; do
	echo "\$ $step"
	chroot "$root" /bin/sh -c "$step" </dev/null >"$root/step.log" 2>&1 || { tail "$root/step.log"; exit 1; }
done

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'http: {listen: "127.0.0.1:%s"}\n' "$port" >>"$root/etc/bantin/bantin.yaml"
list() { said "$1" | tr -d '[]"' | tr ',' ' '; }
user=$(said USER)
chroot "$root" setpriv --reuid="$user" --regid="$user" --init-groups $(list ENTRYPOINT) $(list CMD) 2>"$root/log" &
daemon=$!
for _ in $(seq 120); do
	curl -fs "http://127.0.0.1:$port/readyz" && break
	kill -0 "$daemon" 2>/dev/null || break
	sleep 0.5
done
curl -fs "http://127.0.0.1:$port/healthz" >/dev/null || { cat "$root/log"; exit 1; }
kill -s "$(said STOPSIGNAL)" "$daemon"
wait "$daemon"
daemon=""
