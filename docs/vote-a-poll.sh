#!/bin/sh
# Runs a whole poll on files alone: three units, three trustees of whom two count, a paper vote, a lost letter, and every check.
#   usage: docs/vote-a-poll.sh [FOLDER]        (a new folder; default: a temporary one)
# Every role has its own folder here; in a real poll each is another person's machine, and only POLL goes from hand to hand.
# WHITLEY and BELENIOS_TOOL name the programs (defaults: the built one, and target/belenios/belenios-tool if it is there).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
whitley=${WHITLEY:-$root/target/debug/whitley}
[ -n "${WHITLEY:-}" ] || cargo build --quiet --manifest-path "$root/Cargo.toml"
work=${1:-$(mktemp -d)/poll}
mkdir -p "$work"
cd "$work"

# Everybody makes a key and gives the public part to the officer.
public() { "$whitley" vote key "$1" --out "$2" | sed -n 's/^public key: //p'; }
officer=$(public officer officer/officer.key)
scrutineer=$(public scrutineer scrutineer/scrutineer.key)
authority=$(public authority authority/authority.key)
t1=$(public trustee trustee-1/trustee.key)
t2=$(public trustee trustee-2/trustee.key)
t3=$(public trustee trustee-3/trustee.key)

# The officer writes the plan and fixes the poll.
cat > officer/plan.toml <<END
title = "Example poll (invented)"
description = "If you take part in a strike or other industrial action, you may be in breach of your contract of employment."
opens_at = "2026-12-01T08:00:00Z"
closes_at = "2026-12-15T17:00:00Z"
revote = "last"
minimum = 20
quorum = 2
officer = "$officer"
scrutineer = "$scrutineer"
authority = "$authority"
trustees = ["$t1", "$t2", "$t3"]

[[question]]
text = "Are you prepared to take part in industrial action consisting of a strike?"
answers = ["Yes", "No"]

[[question]]
text = "Which offer do you prefer?"
answers = ["The staged one", "The full one"]
blank = true

[[unit]]
id = "north"
name = "North Hospital"
small_allowed = true

[[unit]]
id = "south"
name = "South Hospital"
small_allowed = true

[[unit]]
id = "ambulance"
name = "Ambulance Service"
small_allowed = true
END
"$whitley" vote setup officer/plan.toml --out POLL

# The key ceremony: every trustee runs the same command until it is done.
for round in 1 2 3 4 5 6; do
  for trustee in 1 2 3; do
    "$whitley" vote ceremony POLL --key "trustee-$trustee/trustee.key" > "trustee-$trustee/ceremony.txt"
  done
done
cat trustee-1/ceremony.txt

# The authority makes the letters from the frozen roll, and a spare one for each unit; officer and scrutineer sign, which begins the archives.
{
  echo "unit,member"
  for unit in north south ambulance; do
    for member in 1 2 3 4 5 6; do echo "$unit,Invented Member $unit-$member"; done
  done
} > authority/roll.csv
"$whitley" vote credentials POLL --key authority/authority.key --roll authority/roll.csv --letters authority/letters --spare 1
mv authority/letters/packs.csv scrutineer/packs.csv
"$whitley" vote open POLL --key officer/officer.key --at 2026-11-30T12:00:00Z
"$whitley" vote open POLL --key scrutineer/scrutineer.key --at 2026-11-30T12:00:00Z

# What stands on a member's envelope, and, for the scrutineer, which public credential is in it.
pack() { sed -n "s/.*Invented Member $1-$2,\([^,]*\),.*/\1/p" "authority/letters/$1.letters.csv"; }
public_in() { sed -n "s/^[^,]*,$1,\([^,]*\),.*/\1/p" scrutineer/packs.csv; }
archive() { sed -n "/\"id\": \"$1\"/,/}/s/.*\"uuid\": \"\(.*\)\".*/POLL\/\1.bel/p" POLL/poll.json; }
vote() { # unit member answer answer
  mkdir -p voters
  ballot="voters/$1-$2-$(printf '%s' "$3$4" | cksum | cut -d ' ' -f 1).json"
  sed -n "s/.*Invented Member $1-$2,[^,]*,//p" "authority/letters/$1.letters.csv" |
    "$whitley" vote cast "$(archive "$1")" --credential - --choose "$3" --choose "$4" --out "$ballot" > /dev/null
  "$whitley" vote accept "$(archive "$1")" "$ballot" --at 2026-12-02T10:00:00Z
}
vote north 1 Yes "The full one"
vote north 2 No "The staged one"
vote north 3 Yes blank
vote north 2 Yes blank
vote south 1 No "The staged one"
vote south 4 No "The full one"
vote ambulance 5 Yes "The full one"

signed_and_accepted() { # unit line
  "$whitley" vote sign "$2" --key scrutineer/scrutineer.key > /dev/null
  "$whitley" vote accept "$(archive "$1")" "$2" --at 2026-12-03T10:00:00Z
}

# A member of North voted on paper: officer and scrutineer void the credential that is in the same pack.
paper=$(pack north 6)
"$whitley" vote void "$(archive north)" --credential "$(public_in "$paper")" --paper "$paper" --key officer/officer.key --out server/void.json > /dev/null
signed_and_accepted north server/void.json

# A member of the Ambulance Service lost the letter: a spare one takes its place, and votes.
spare=$(sed -n 's/^ambulance,\([^,]*\),.*,yes$/\1/p' scrutineer/packs.csv)
"$whitley" vote replace "$(archive ambulance)" --old "$(public_in "$(pack ambulance 6)")" --new "$(public_in "$spare")" \
  --reason "letter not delivered" --key officer/officer.key --out server/replace.json > /dev/null
signed_and_accepted ambulance server/replace.json
sed -n "s/^ambulance,$spare,//p" authority/letters/ambulance.spares.csv |
  "$whitley" vote cast "$(archive ambulance)" --credential - --choose No --choose blank --out voters/ambulance-6.json > /dev/null
"$whitley" vote accept "$(archive ambulance)" voters/ambulance-6.json --at 2026-12-04T10:00:00Z

# Closing and counting; a different pair of trustees for each unit.
count() { # unit trustee trustee
  archive=$(archive "$1")
  "$whitley" vote close "$archive" --at 2026-12-15T17:00:00Z
  for trustee in $2 $3; do
    "$whitley" vote share "$archive" --key "trustee-$trustee/trustee.key" --out "trustee-$trustee/$1.share.json" > /dev/null
    "$whitley" vote accept "$archive" "trustee-$trustee/$1.share.json"
  done
  "$whitley" vote result "$archive" --key officer/officer.key > /dev/null
  "$whitley" vote result "$archive" --key scrutineer/scrutineer.key
  "$whitley" vote verify "$archive"
}
count north 1 2
count south 3 1
count ambulance 2 3

# The same archives, judged by a foreign program.
foreign=${BELENIOS_TOOL:-$root/target/belenios/belenios-tool}
if [ -x "$foreign" ]; then
  for unit in north south ambulance; do
    uuid=$(basename "$(archive "$unit")" .bel)
    "$foreign" election verify --dir POLL --uuid "$uuid"
  done
else
  echo "not checked with a foreign program: run tools/install-belenios-tool.sh target/belenios first" >&2
fi
