# shellcheck shell=bash
# For the tests of the entry command: `check "is a sentence" command…` prints one "ok" or "not ok".

set -uo pipefail
MV_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
MV_CACHE=$(mktemp -d)
# The pieces that a test sources read these two.
export MV_SELF=$MV_ROOT/memoryverse MV_LANGUAGE=en
FAILURES=0
trap 'rm -rf "$MV_CACHE"; exit "$FAILURES"' EXIT
cd "$MV_ROOT" || exit 1

check() {
  local name=$1
  shift
  if "$@"; then
    printf 'ok %s\n' "$name"
  else
    printf 'not ok %s\n' "$name"
    FAILURES=1
  fi
}

# says TEXT COMMAND…: the command's output holds the text, whatever its exit code.
says() {
  local text=$1
  shift
  [[ $("$@" 2>&1) == *"$text"* ]]
}

equals() { [[ $1 == "$2" ]] || { printf '# expected: %s\n# got:      %s\n' "$1" "$2" && false; }; }

# pause SECONDS: without a process, by waiting for a pipe that nobody writes to.
exec {NEVER}<> <(:)
pause() { read -rt "$1" -u "$NEVER" || true; }

fails() { ! "$@" >/dev/null 2>&1; }
