#!/usr/bin/env bash
# Builds the Debian package of a program that is built already:
#
#   packaging/deb.sh PROGRAM ARCH VERSION OUT.deb [LICENCES]
#
# Man pages and completions come from a program that runs here: from $NATIVE, where PROGRAM
# is for another architecture. LICENCES is the folder that release.sh collects; without it
# the package says that it has none. SOURCE_DATE_EPOCH makes two packages the same.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1 arch=$2 version=$3 out=$4 licences=${5:-}
native=${NATIVE:-$program}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.48.0

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
share=$stage/share
install -m 755 "$program" "$stage/bantin"

mkdir -p "$share"/man/man1 "$share"/man/vi/man1 "$share"/bash-completion/completions "$share"/zsh/vendor-completions "$share"/fish/vendor_completions.d
"$native" man --lang en "$share/man/man1"
"$native" man --lang vi "$share/man/vi/man1"
find "$share/man" -name '*.1' -exec gzip -n -9 {} +
"$native" completion bash >"$share/bash-completion/completions/bantin"
"$native" completion zsh >"$share/zsh/vendor-completions/_bantin"
"$native" completion fish >"$share/fish/vendor_completions.d/bantin.fish"

doc=$share/doc/bantin
mkdir -p "$doc/examples"
cp examples/bantin.yaml examples/contacts.csv "$doc/examples/"
cp -r examples/service "$doc/examples/monitoring"
cp docs/*.md docs/*.yaml "$doc/"
gzip -n -9 -c CHANGELOG.md >"$doc/changelog.gz"
if [ -n "$licences" ]; then
	cp "$licences/copyright" "$doc/copyright"
else
	echo "The licences of the libraries were not collected for this package." >"$doc/copyright"
fi
chmod -R u=rwX,go=rX "$stage"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

export STAGE=$stage ARCH=$arch VERSION=$version
export MAINTAINER=${MAINTAINER:-$(git log -1 --format='%an <%ae>')}
go run "$nfpm" package --config packaging/nfpm.yaml --packager deb --target "$out"
