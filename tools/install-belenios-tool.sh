#!/bin/sh
# Puts Debian 13's belenios-tool (3.0: group Ed25519) into DIR on any Debian-like amd64 machine, without touching the
# system: its package and the libraries it needs are unpacked in DIR and run through their own dynamic loader.
# On Debian 13 itself `apt-get install belenios-tool` is all that is needed.
#   usage: tools/install-belenios-tool.sh DIR      afterwards: DIR/belenios-tool --version
# Needs apt-get and dpkg (no root). SUITE=trixie is the default. Two runs at once do not disturb each other.
set -eu
wanted=$1
suite=${SUITE:-trixie}
if [ -x "$wanted/belenios-tool" ]; then
  "$wanted/belenios-tool" --version
  exit 0
fi
mkdir -p "$(dirname "$wanted")"
dir=$(mktemp -d "$(cd "$(dirname "$wanted")" && pwd)/.belenios.XXXXXX")
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/root" "$dir/debs"
chmod 755 "$dir"
# The mirror that this machine already uses for Debian's main archive.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *(https?:\/\/[^ ]*\/debian)\/?( .*)?$/\3/p' | head -n 1)
[ -n "$mirror" ] || { echo "no Debian mirror found in this machine's apt sources" >&2; exit 2; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$dir/apt/sources.list"
apt="-o Dir::Etc::sourcelist=$dir/apt/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$dir/apt/lists -o Dir::Cache=$dir/apt/cache"
# shellcheck disable=SC2086
apt-get $apt -qq update
# shellcheck disable=SC2086
packages=$(apt-cache $apt depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances belenios-tool | grep -E '^[a-z0-9]' | grep -vE '^(debconf|cdebconf|dpkg|perl|tar|install-info|gcc-.*-base)' | sort -u)
# A dependency with alternatives may not exist under each of its names: what is missing shows when the program starts.
# shellcheck disable=SC2086
(cd "$dir/debs" && for package in $packages; do apt-get $apt -qq download "$package" 2>/dev/null || true; done)
for deb in "$dir"/debs/*.deb; do dpkg -x "$deb" "$dir/root"; done
rm -rf "$dir/apt" "$dir/debs"
cat > "$dir/belenios-tool" <<'END'
#!/bin/sh
root=$(cd "$(dirname "$0")" && pwd)/root
exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/belenios-tool" "$@"
END
chmod +x "$dir/belenios-tool"
"$dir/belenios-tool" --version
mv -T "$dir" "$wanted" 2>/dev/null || [ -x "$wanted/belenios-tool" ]
