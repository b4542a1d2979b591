#!/bin/sh
# Times belenios-tool and whitley-verify on the same invented elections, in turn, and prints wall and CPU seconds of each.
#   usage: tools/time-foreign.sh [VOTERS…]        (default: 200 2000)
# `belenios-tool election verify` and `whitley-verify --no-companion` each judge the whole archive: event chain, keys, every ballot's
# signature and proofs, the tally, the trustees' factors, the result. Further checks of each program's own are not taken out.
# `belenios-tool election verify-ballot` is not timed: it reads the archive anew for one ballot. The question has two answers.
# Each program runs three times, in turn, ours on one thread; the least counts. Nothing fails here on time.
# Needs bash, and belenios-tool in target/belenios (tools/install-belenios-tool.sh) or named by BELENIOS_TOOL.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
foreign=${BELENIOS_TOOL:-$root/target/belenios/belenios-tool}
if [ -z "${WHITLEY:-}" ] || [ -z "${WHITLEY_VERIFY:-}" ]; then
  cargo build --quiet --release --manifest-path "$root/Cargo.toml" -p whitley -p verify
fi
whitley=${WHITLEY:-$root/target/release/whitley}
ours=${WHITLEY_VERIFY:-$root/target/release/whitley-verify}
[ -x "$foreign" ] || { echo "run tools/install-belenios-tool.sh $root/target/belenios first" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Wall and CPU seconds of a command that must succeed.
timed() {
  bash -c 'TIMEFORMAT="%R %U %S"; { time "$@" > /dev/null 2>&1; } 2>&1 || exit 1' timed "$@" | awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }'
}

for voters in "${@:-200 2000}"; do for number in $voters; do
  "$whitley" rehearse nhs-2014 --voters "$number" --units 1 --turnout 100 --out "$work/$number" > /dev/null
  archive=$(echo "$work/$number"/*.bel)
  uuid=$(basename "$archive" .bel)
  "$foreign" election verify --dir "$work/$number" --uuid "$uuid" > /dev/null 2>&1
  "$ours" "$archive" --no-companion --threads 1 > /dev/null
  for _ in 1 2 3; do
    timed "$foreign" election verify --dir "$work/$number" --uuid "$uuid" >> "$work/$number.foreign"
    timed "$ours" "$archive" --no-companion --threads 1 >> "$work/$number.ours"
  done
  paste -d ' ' "$work/$number.foreign" "$work/$number.ours" | awk -v n="$number" '
    function least(a, b) { return a == "" || b < a ? b : a }
    { fw = least(fw, $1); fc = least(fc, $2); ow = least(ow, $3); oc = least(oc, $4) }
    END { printf "%d ballots: belenios-tool %.2f s wall %.2f s CPU; whitley-verify %.3f s wall %.3f s CPU; ratio %.1f wall %.1f CPU\n",
          n, fw, fc, ow, oc, fw / ow, fc / oc }'
done; done
