#!/bin/sh
# For trying the pages of this guide alone: plays officer, scrutineer and three trustees of an invented poll, up to the authority's turn.
#   usage: docs/guide/begin-a-poll.sh FOLDER      (a new folder; every role has its own in it, and POLL is public)
# WHITLEY names the program (default: whitley). docs/vote-a-poll.sh plays a poll to its end.
set -eu
whitley=${WHITLEY:-whitley}
mkdir "$1"
cd "$1"

public() { "$whitley" vote key "$1" --out "$2" | sed -n 's/^public key: //p'; }
officer=$(public officer officer/officer.key)
scrutineer=$(public scrutineer scrutineer/scrutineer.key)
authority=$(public authority authority/authority.key)
t1=$(public trustee trustee-1/trustee.key)
t2=$(public trustee trustee-2/trustee.key)
t3=$(public trustee trustee-3/trustee.key)

cat > officer/plan.toml <<END
title = "Example poll (invented)"
description = "If you take part in a strike or other industrial action, you may be in breach of your contract of employment."
opens_at = "2026-12-01T08:00:00Z"
closes_at = "2026-12-22T17:00:00Z"
revote = "one"
minimum = 20
quorum = 2
officer = "$officer"
scrutineer = "$scrutineer"
authority = "$authority"
trustees = ["$t1", "$t2", "$t3"]

[[question]]
text = "Are you prepared to take part in industrial action consisting of a strike?"
answers = ["Yes", "No"]

[[unit]]
id = "trust"
name = "Invented Trust"
END
"$whitley" vote setup officer/plan.toml --out POLL > /dev/null
for round in 1 2 3 4 5 6; do
  for trustee in 1 2 3; do
    "$whitley" vote ceremony POLL --key "trustee-$trustee/trustee.key" > "trustee-$trustee/ceremony.txt"
  done
done
echo "In $1: the poll is fixed and its key ceremony is done. Next is the authority."
