#!/usr/bin/env bash
# How `migrate` reads the two sides.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
for piece in messages packages up migrate; do
  # shellcheck source=/dev/null
  source "tools/lib/$piece.sh"
done

sides() { (normalise_migrate_options "$@" && echo "${MIGRATE_OPTIONS[*]} | ${WRITABLE_FOLDERS[*]}"); }

old=$MV_CACHE/old
mkdir "$old"
check "folders become absolute, and the userland sees them" equals \
  "--from $old --to $MV_CACHE/new | $old $MV_CACHE/new" "$(cd "$MV_CACHE" && sides --from old --to ./new)"
check "addresses stay as they are" equals \
  "--from $old --to postgresql://h/n s3://b/?endpoint=http://h | $old" \
  "$(sides --from "$old" --to postgresql://h/n 's3://b/?endpoint=http://h')"
check "a database's file is told by its folder" equals \
  "--from sqlite:$old/a.sqlite file:$old/f --to $old | $old $old" \
  "$(sides --from "sqlite:$old/a.sqlite" "file:$old/f" --to "$old")"
check "an old side that is not there is not made" fails test -e "$MV_CACHE/none$(sides --from "$MV_CACHE/none" --to "$old" >/dev/null)"
check "a side without an address is refused" fails sides --from --to "$old"
check "an unknown option is refused" fails sides --form "$old"

# steps: the commands that build it in a checkout where nothing was built.
steps() { cmake --preset release -B "$MV_CACHE/fresh" && ninja -C "$MV_CACHE/fresh" -t commands memoryverse-migrate; }
check "the settings' defaults come with the program, without a server" says "$MV_CACHE/fresh/backend/config" steps
