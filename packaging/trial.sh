#!/usr/bin/env bash
# Lives the whole life of docs/operate.md in a fresh Debian system, with the commands as they
# are typed there: install, first edition, upgrade, back, machine lost, restore, second
# edition; nobody twice, nobody missing. Before each release:
#
#   sudo packaging/trial.sh OLD.deb NEW.deb
#
# OLD.deb is the package of the last release, NEW.deb that of this one. It needs root, the
# network for debootstrap, smtp-sink (Debian's package postfix) and unshare. It works in a
# network of its own, so that its ports are in nobody's way. Two things differ from the page:
# the mail server is smtp-sink, without TLS and log-in; file names have this day's versions
# and times. sudo, systemctl and rsync are stand-ins: no systemd runs in a chroot.
set -euo pipefail
[ -n "${2:-}" ] || { echo "usage: sudo packaging/trial.sh OLD.deb NEW.deb" >&2; exit 2; }
if [ -z "${IN_TRIAL:-}" ] && [ -z "${BASE:-}" ]; then # out here, where there is a network; BASE=DIR takes one that was made before
	BASE=$(mktemp -d "${TMPDIR:-/var/tmp}/bantin-base-XXXX")
	export BASE OUR_BASE=1
	chmod 755 "$BASE" # it becomes /
	debootstrap --variant=minbase bookworm "$BASE" >&2 || { echo "trial: debootstrap failed; it is in $BASE" >&2; exit 1; }
fi
[ -n "${IN_TRIAL:-}" ] || exec env IN_TRIAL=1 unshare --net --mount "$0" "$(realpath "$1")" "$(realpath "$2")" "$(cd "$(dirname "$0")/.." && pwd)"
old=$1 new=$2 repository=$3
ip link set lo up
work=$(mktemp -d "${TMPDIR:-/var/tmp}/bantin-trial-XXXX")
root=$work/machine elsewhere=$work/elsewhere mails=$work/mails
version() { dpkg-deb -f "$1" Version; }

end() {
	status=$?
	[ ! -e "$work/sink.pid" ] || kill "$(cat "$work/sink.pid")" || true
	stopped_for_good || true
	umount --lazy "$root"/{proc,dev,elsewhere} 2>/dev/null || true
	[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$work" ${OUR_BASE:+"$BASE"} || true
	[ $status = 0 ] && echo "the whole life was lived" || echo "FAILED; KEEP=1 keeps the folders ($work)"
}
stopped_for_good() { [ ! -e "$root/run/bantin.pid" ] || kill -9 "$(cat "$root/run/bantin.pid")"; }
trap end EXIT
fail() { echo "trial: $*" >&2; exit 1; }

# machine makes a fresh Debian system with the stand-ins.
machine() {
	mkdir -p "$root"
	cp -a "$base/." "$root/"
	mount --bind /proc "$root/proc"
	mount --bind /dev "$root/dev"
	echo "127.0.0.1 localhost smtp.example.org bantin.example.org backup.example.org" >"$root/etc/hosts"
	mkdir -p "$root/elsewhere" "$root/run/systemd/system" "$root/root/bulletins"
	mount --bind "$elsewhere" "$root/elsewhere"
	install -m 755 "$repository"/packaging/trial/{sudo,systemctl,rsync} "$root/usr/local/bin/"
	install -m 755 "$repository"/packaging/trial/told.pl "$root/usr/local/lib/"
	cp "$old" "$root/root/bantin_${VOLD}_amd64.deb"
	cp "$new" "$root/root/bantin_${VNEW}_amd64.deb"
	cp "$work"/{bantin.yaml,smtp.password,contacts.csv} "$root/root/"
	cp "$work"/bulletins/* "$root/root/bulletins/"
}

# lose ends a machine as a fire does.
lose() {
	stopped_for_good
	umount --lazy "$root"/{proc,dev,elsewhere}
	rm -rf --one-file-system "$root"
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/root LANG=C.UTF-8 bash -c "cd /root; $1"; }

# typed runs what a chapter of the page says, with this day's names in it. A doctor may find
# something wrong, as the names of the examples are in no DNS; an older program may refuse a
# newer journal, and then what the page says of that is done.
typed() {
	echo "== $1"
	awk -v chapter="### $1" '$0 == chapter { on = 1; next } /^##/ { on = 0 } on && /^```sh/ { sh = 1; next } /^```/ { sh = 0 } on && sh' "$repository/docs/operate.md" >"$work/typed"
	[ -s "$work/typed" ] || fail "docs/operate.md types nothing under $1"
	sent=""
	while read -r line <&3; do
		line=${line//bantin_1.0.0_amd64/bantin_${VOLD}_amd64}
		line=${line//bantin_1.1.0_amd64/bantin_${VNEW}_amd64}
		line=${line//upgrade-from-1.0.0-2026-11-30-211500.db/$(name 'upgrade-from-'"$VOLD"'-*.db')}
		line=${line//2026-11-30-0230.db/$(name '20*.db')}
		line=${line/deliveries resume/deliveries resume$sent}
		echo "\$ $line"
		inside "$line" <<<y 2>&1 | tee "$work/said" && { ! grep -q "không biết đã gửi cho những ai" "$work/said" || sent=" --as-sent"; continue; }
		case $line in
		*" doctor") ;;
		*" --journal /var/lib"*)
			sent=" --as-sent"
			echo "\$ ${line% --journal *}"
			inside "${line% --journal *}" ;;
		*) fail "this failed: $line" ;;
		esac
	done 3<"$work/typed"
}

# name is the newest backup that matches a pattern, here or elsewhere by now.
name() {
	for folder in "$root/var/backups/bantin" "$elsewhere/bantin/backups"; do
		found=$(find "$folder" -maxdepth 1 -name "$1" 2>/dev/null | sort | tail -1)
		[ -z "$found" ] || { basename "$found"; return; }
	done
}

bantin() { inside "sudo -u bantin bantin --config /etc/bantin/bantin.yaml $*"; }

# bulletin puts one into the folder and has it read.
bulletin() {
	text "$2" >"$root/srv/bantin/bulletins/$1.md"
	chroot "$root" chown bantin: "/srv/bantin/bulletins/$1.md"
	bantin collect >/dev/null
}

# got has each contact have as many mails with a word as is said, but for those named behind
# it, who have none.
got() {
	word=$1 want=$2 but=${3:-}
	grep -l "$word" "$mails"/* 2>/dev/null | xargs -r grep -h '^X-Rcpt-Args:' | sed 's/.*<\(.*\)>.*/\1/' | sort | uniq -c >"$work/had"
	for n in $(seq "$people"); do
		address=nguoi$n@example.org
		[[ " $but " == *" $n "* ]] && most=0 || most=$want
		had=$(awk -v a="$address" '$2 == a { print $1 }' "$work/had")
		[ "${had:-0}" = "$most" ] || fail "$address had ${had:-0} mails of $word, not $most"
	done
	echo "   $word: each of $people contacts had $want${but:+, but for $but}"
}

# leave has a contact press the button of their mail program, and waits until the journal
# knows, some seconds later.
leave() {
	journal=$root/var/lib/bantin/journal/journal.jsonl
	before=$(wc -l <"$journal")
	link=$(grep -l "^X-Rcpt-Args: <nguoi$1@example.org>" "$mails"/* | tail -1 | xargs sed -n '/^List-Unsubscribe:/,/^[^ ]/p' | grep -o 'https://[^>]*' | head -1)
	[ -n "$link" ] || fail "no link to unsubscribe"
	curl -fsS -d List-Unsubscribe=One-Click "http://127.0.0.1:8080/${link#https://*/}" >/dev/null
	for _ in $(seq 60); do
		[ "$(wc -l <"$journal")" = "$before" ] || return 0
		sleep 1
	done
	fail "the journal does not know who left"
}

VOLD=$(version "$old") VNEW=$(version "$new")
people=40
mkdir -p "$elsewhere" "$mails" "$work/bulletins"
base=$BASE

# What the admin brings: the YAML of the page, but for the mail server; contacts, bulletins.
awk '/^### Install/ { on = 1 } on && /^```yaml/ { y = 1; next } /^```/ { if (y) exit } y' "$repository/docs/operate.md" |
	sed 's/^  username: bantin/  port: 2525\n  tls: none/; /password_file/d' >"$work/bantin.yaml"
echo secret >"$work/smtp.password"
{ echo "email,name"; for n in $(seq "$people"); do echo "nguoi$n@example.org,Người $n"; done; } >"$work/contacts.csv"
text() { printf -- '---\ntitle: %s tổng kết phong trào khuyến học\ndate: %s\n---\nHội Khuyến học tỉnh Phú Thọ đã họp lần %s, bàn việc của %s.\n' "$1" "$(date +%F)" "$1" "$1"; }
text TINMOT >"$work/bulletins/mot.md"
chown -R nobody "$mails"
(cd "$mails" && exec smtp-sink -u nobody -d m. 127.0.0.1:2525 100) &
echo $! >"$work/sink.pid"

machine
typed Install
typed "First edition"
got TINMOT 1
typed Upgrade
bulletin hai TINHAI
bantin digest send hang-tuan
got TINHAI 1
typed Back
bulletin ba TINBA
bantin digest send hang-tuan
got TINHAI 1
got TINBA 1
typed Upgrade
typed Elsewhere
bulletin bon TINBON
bantin digest send hang-tuan
leave 7
got TINBON 1
inside "$(tail -1 "$work/typed")"
echo "== the machine burns down"
lose
machine
typed "The machine is lost"
got TINBON 1
bulletin nam TINNAM
bantin digest send hang-tuan
got TINNAM 1 7
got TINBON 1
got TINBA 1
got TINHAI 1
got TINMOT 1
bantin editions audit
typed Purge
[ ! -e "$root/var/lib/bantin" ] && [ ! -e "$root/etc/bantin/bantin.yaml" ] || fail "a purge left data"
[ -e "$root/etc/bantin/smtp.password" ] && [ -e "$root/srv/bantin/bulletins/nam.md" ] || fail "a purge took what it should leave"
