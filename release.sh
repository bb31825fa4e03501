#!/usr/bin/env bash
# Builds a release into dist/: static programs, Debian packages, an SBOM, the licences of the
# libraries, checksums. It needs Go, git and the network for Go modules. The same commit with
# the same Go makes the same bytes.
#
#   ./release.sh            the version of the tag v1.2.3 at this commit, else one made of its time
#   ./release.sh --check    vets for all systems, builds twice and compares, looks for known faults
#
# It takes the newest patch of Go that the module proxy serves; GOTOOLCHAIN=go1.26.11 has it
# take that one, to make the bytes of a release once more.
set -euo pipefail
cd "$(dirname "$0")"
cyclonedx=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.9.0
least=1.26.10 # the standard library of those before has faults that are known

# choose_go has all that follows use one Go, and refuses one before $least.
choose_go() {
	case ${GOTOOLCHAIN:-} in
	go[0-9]*) ;;
	*)
		newest=$(GOTOOLCHAIN=local go list -m -versions go 2>/dev/null | tr ' ' '\n' | grep -E "^${least%.*}\.[0-9]+$" | sort -t. -k3n | tail -1 || true)
		[ -z "$newest" ] || export GOTOOLCHAIN=go$newest
		;;
	esac
	has=$(go env GOVERSION) || { echo "a release needs Go $least or newer, and ${GOTOOLCHAIN:-go} cannot be had: see above" >&2; exit 1; }
	has=${has#go} has=${has%% *}
	[ "$(printf '%s\n' "$least" "$has" | sort -V | head -1)" = "$least" ] ||
		{ echo "a release needs Go $least or newer; here is $has, and the module proxy serves none that is newer" >&2; exit 1; }
	echo "built with Go $has"
}
choose_go

commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
version=$(git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null | sed 's/^v//' || true)
[ -n "$version" ] || version=0.0.0-$(echo "$date" | tr -dc 0-9).${commit:0:8}
[ -z "$(git status --porcelain)" ] || version=$version.changed

# build makes the program for one system: no cgo, no paths of this machine, no state of its checkout.
build() {
	CGO_ENABLED=0 GOOS=$1 GOARCH=$2 go build -trimpath -buildvcs=false -o "$3" \
		-ldflags "-s -w -buildid= -X main.version=$version -X main.commit=$commit -X main.date=$date" ./cmd/bantin
}

native=$(mktemp -d)
trap 'rm -rf "$native"' EXIT

# vet looks at what is built for a system; the tests of some packages are for unix alone.
vet() {
	GOOS=$1 go list -f '{{.Dir}} {{join .GoFiles " "}}' ./... | while read -r dir files; do
		[ -z "$files" ] || (cd "$dir" && GOOS=$1 go vet $files)
	done
}

# faults looks for known ones in what the program calls, where their database answers.
faults() {
	GOBIN=$native go install "$govulncheck"
	status=0
	"$native/govulncheck" ./cmd/bantin || status=$?
	case $status in
	0) ;;
	3) exit 1 ;; # it said which
	*) echo "whether there are known faults is not known: their database does not answer" >&2 ;;
	esac
}

# release builds everything into a folder.
release() {
	mkdir -p "$1"
	build "$(go env GOHOSTOS)" "$(go env GOHOSTARCH)" "$native/bantin"
	"$native/bantin" version | grep -qF "$version" || { echo "the program does not know its version, $version" >&2; exit 1; }
	packaging/licences.sh "$1"
	for target in linux/amd64 linux/arm64 darwin/arm64 windows/amd64; do
		os=${target%/*} arch=${target#*/}
		name=bantin_${version}_${os}_$arch
		[ "$os" != windows ] || name=$name.exe
		build "$os" "$arch" "$1/$name"
		[ "$os" != linux ] || NATIVE=$native/bantin packaging/deb.sh "$1/$name" "$arch" "$version" "$1/bantin_${version}_$arch.deb" "$1"
	done
	GOFLAGS="${GOFLAGS:-} -trimpath" go run "$cyclonedx" bin -json -licenses -noserial -version "v$version" \
		-output "$1/bantin_$version.cdx.json" "$1/bantin_${version}_linux_amd64" # what is in the program, as Go noted it
	sed -i.bak '/"timestamp":/d' "$1/bantin_$version.cdx.json" && rm "$1/bantin_$version.cdx.json.bak"
	mv "$1/copyright" "$1/LICENCES.txt"
	(cd "$1" && sha256sum bantin_* LICENCES.txt >SHA256SUMS)
}

[ "${1:-}" != --check ] || for os in linux darwin windows; do vet "$os"; done
rm -rf dist
release dist
if [ "${1:-}" = --check ]; then
	GOCACHE=$native/cache release "$native/again" # nothing that was compiled before
	diff dist/SHA256SUMS "$native/again/SHA256SUMS"
	echo "both builds are the same"
	faults
fi
cat dist/SHA256SUMS
