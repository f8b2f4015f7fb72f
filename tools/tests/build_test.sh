#!/usr/bin/env bash
# Building two things side by side, and what is said before a first start.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
for piece in messages packages host rootfs userland build up; do
  # shellcheck source=/dev/null
  source "tools/lib/$piece.sh"
done

# Each piece writes what it did; `waits` ends only by a signal.
cat >"$MV_CACHE/pieces" <<PIECES
set -euo pipefail
source "$MV_ROOT/tools/lib/messages.sh"
source "$MV_ROOT/tools/lib/build.sh"
done_well() { echo "\$1 done" >>"$MV_CACHE/log"; }
breaks() {
  until grep -q waiting "$MV_CACHE/log"; do read -rt 0.05 <> <(:) || true; done
  return 3
}
# The pipe is opened once: a trap that comes while bash reads a "<(…)" is not run.
waits() { bash -c 'trap "echo ended >>\"\$1\"; exit 0" TERM INT; exec 3<> <(:); echo waiting >>"\$1"
  while :; do read -rt 0.05 -u 3 || true; done' program "$MV_CACHE/log"; }
PIECES

# pieces COMMAND…: runs them side by side in a shell of their own; prints the exit code and what they wrote.
pieces() {
  local code=0
  : >"$MV_CACHE/log"
  # shellcheck disable=SC2016 # the inner bash expands its own arguments
  bash -c 'source "$1"; shift; side_by_side "$@"; echo after >>"$0"' "$MV_CACHE/log" "$MV_CACHE/pieces" "$@" || code=$?
  echo "$code $(sort "$MV_CACHE/log" | paste -sd' ')"
}
check "two pieces are both done before what follows" equals '0 after one done two done' "$(pieces 'done_well one' 'done_well two')"
check "a piece that fails ends the other, with all that it started" equals '3 ended waiting' "$(pieces waits breaks)"

# told SIGNAL: what happens when the command is told to end while a piece works.
told() {
  local code=0 command
  : >"$MV_CACHE/log"
  # shellcheck disable=SC2016 # the inner bash expands its own arguments
  bash -c 'source "$0"; side_by_side waits waits; echo after' "$MV_CACHE/pieces" &
  command=$!
  until [[ $(grep -c waiting "$MV_CACHE/log") == 2 ]]; do pause 0.05; done
  kill -s "$1" "$command"
  wait "$command" || code=$?
  echo "$code $(grep -c ended "$MV_CACHE/log")"
}
# Without job control a shell starts its background programs with SIGINT ignored, which a program cannot undo.
set -m
check "Ctrl-C ends both" equals '130 2' "$(told INT)"
check "SIGTERM ends both" equals '143 2' "$(told TERM)"
set +m

# first_words USERLAND PROGRAM: what `up` announces.
# shellcheck disable=SC2317 # the functions are called by the piece under test
first_words() {
  (
    MV_ROOT=$MV_CACHE/$2
    mkdir -p "$MV_ROOT/tools" && cp -r tools/packages "$MV_ROOT/tools/"
    in_userland() { false; }
    is_debian_13() { false; }
    root_complete() { [[ $1 == "$COMPLETE" ]]; }
    COMPLETE=$1
    parallel_jobs() { echo 2; }
    announce_first_up 2>&1
  )
}
minutes_of() { grep -oE '[0-9]+ minutes' <<<"$1"; }
check "a first start says how long it takes" says minutes first_words none new
with_userland=$(minutes_of "$(first_words "$(root_key run)" new)")
check "and less where the userland is there" test "${with_userland% *}" -lt "$(minutes_of "$(first_words none new)" | cut -d' ' -f1)"
mkdir -p "$MV_CACHE/built/build/release/backend" && touch "$MV_CACHE/built/build/release/backend/memoryverse-server"
check "a second start says nothing of it" equals '' "$(first_words none built)"

printf '%s\n' vera:100000:65536 >"$MV_CACHE/subuid"
printf '%s\n' vera:100000:65536 anna:200000:65536 >"$MV_CACHE/subgid"
check "subordinate ids are offered that nobody has" equals 265536-331071 \
  "$(free_subordinate_ids "$MV_CACHE/subuid" "$MV_CACHE/subgid" "$MV_CACHE/none")"
check "the first ones where there are none" equals 100000-165535 "$(free_subordinate_ids "$MV_CACHE/none")"
