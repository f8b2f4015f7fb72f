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

# within LINES LINES: each of the first is among the second, and there are some.
within() {
  local strangers
  [[ -n $1 ]] || { echo '# nothing was found to look at' && return 1; }
  strangers=$(comm -23 <(sort -u <<<"$1") <(sort -u <<<"$2"))
  [[ -z $strangers ]] || { echo "# not there: ${strangers//$'\n'/ }" && return 1; }
}

# setting_names: the environment variables of all settings, from the file that gives their defaults.
setting_names() {
  node -e 'const walk = (value, path) => value && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).flatMap(([name, inner]) => walk(inner, [...path, name])) : [path];
    for (const path of walk(require("./backend/config/default.json"), []))
      console.log("MEMORYVERSE_" + path.join("_").replace(/[A-Z]/g, "_$&").toUpperCase());'
}
# settings_of FILE…: variables that are named there.
settings_of() { grep -ohE '\bMEMORYVERSE_[A-Z_]+' "$@"; }
