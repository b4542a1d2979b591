#!/bin/sh
# Ballots of the booth's code, judged and counted by everything else: a poll of six invented members on files, whose ballots
# tools/make-ballots.mjs makes, accepted, closed, decrypted and verified by the Rust side, and by the foreign program if it is there.
#   usage: booth/e2e/judged.sh        WHITLEY and BELENIOS_TOOL name the programs, as in docs/vote-a-poll.sh
set -eu
booth=$(cd "$(dirname "$0")/.." && pwd)
whitley=${WHITLEY:-$booth/../target/debug/whitley}
foreign=${BELENIOS_TOOL:-$booth/../target/belenios/belenios-tool}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
public() { "$whitley" vote key "$1" --out "$2" | sed -n 's/^public key: //p'; }
cat > plan.toml <<END
title = "Ballots of the booth (invented)"
description = "Test data."
opens_at = "2026-12-01T08:00:00Z"
closes_at = "2026-12-15T17:00:00Z"
revote = "one"
minimum = 20
quorum = 2
officer = "$(public officer officer.key)"
scrutineer = "$(public scrutineer scrutineer.key)"
authority = "$(public authority authority.key)"
trustees = ["$(public trustee t1.key)", "$(public trustee t2.key)", "$(public trustee t3.key)"]
[[question]]
text = "Are you prepared to take part in a strike?"
answers = ["Yes", "No"]
[[question]]
text = "Which offer do you prefer?"
answers = ["The staged one", "The full one"]
blank = true
[[unit]]
id = "north"
name = "North Hospital"
small_allowed = true
END
{
  "$whitley" vote setup plan.toml --out POLL
  for round in 1 2 3 4 5 6; do for trustee in 1 2 3; do "$whitley" vote ceremony POLL --key "t$trustee.key"; done; done
  { echo unit,member; for member in 1 2 3 4 5 6; do echo "north,Invented Member $member"; done; } > roll.csv
  "$whitley" vote credentials POLL --key authority.key --roll roll.csv --letters letters
  for role in officer scrutineer; do "$whitley" vote open POLL --key $role.key --at 2026-11-30T12:00:00Z; done
  archive=$(echo POLL/*.bel)
  "$whitley" vote export "$archive" --out records
  sed -n 's/.*Invented Member [0-9]*,//p' letters/north.letters.csv > codes.txt
} > log.txt
node "$booth/tools/make-ballots.mjs" records/election.json codes.txt '0;blank' '1;0' '0;1' > ballots.txt
number=0
while read -r ballot; do number=$((number + 1)); printf '%s' "$ballot" > "ballot-$number.json"; done < ballots.txt
"$whitley" vote accept "$archive" ballot-*.json --at 2026-12-02T10:00:00Z
{
  "$whitley" vote close "$archive" --at 2026-12-15T17:00:00Z
  for trustee in 1 3; do
    "$whitley" vote share "$archive" --key "t$trustee.key" --out "share-$trustee.json"
    "$whitley" vote accept "$archive" "share-$trustee.json"
  done
  "$whitley" vote result "$archive" --key officer.key
} >> log.txt
"$whitley" vote result "$archive" --key scrutineer.key | tee result.txt
"$whitley" vote verify "$archive" | tail -n 4 | tee verdict.txt
expected='4 Yes 2 No 2 (blank) 2 The staged one 2 The full one'
[ "$(sed -n 's/^ *\([0-9][0-9]*\) *\(.*\)/\1 \2/p' result.txt | tr '\n' ' ')" = "$expected " ] || { echo "the count is not: $expected" >&2; exit 1; }
grep -q '^version 1 and companion: passed' verdict.txt
if [ -x "$foreign" ]; then "$foreign" election verify --dir POLL --uuid "$(basename "$archive" .bel)"; else echo "not checked with a foreign program" >&2; fi
