#!/usr/bin/env bash
# Signals and exit codes on their way through the userland. A stand-in takes the place of bubblewrap, whose inner process
# starts the program: what is tested is that the program ends in order, and that its exit code comes back.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"

# The program writes that it started, and ends in order with code 7 when it is told to. The pipe that it waits for is
# opened once: a trap that comes while bash reads a "<(…)" is not run.
cat >"$MV_CACHE/program" <<'PROGRAM'
#!/usr/bin/env bash
trap 'echo "in order" >>"$1"; exit 7' TERM
trap 'echo "by interrupt" >>"$1"; exit 8' INT
exec 3<> <(:)
echo started >>"$1"
while :; do read -rt 0.1 -u 3 || true; done
PROGRAM

# Like bubblewrap it ignores the signals itself, and has a process between itself and the program.
cat >"$MV_CACHE/sandbox" <<'SANDBOX'
#!/usr/bin/env bash
trap '' TERM INT HUP
bash -c 'env --default-signal=INT,TERM,HUP "$@" & wait "$!"; exit "$?"' inner "$@" &
wait "$!"
exit "$?"
SANDBOX

cat >"$MV_CACHE/command" <<COMMAND
#!/usr/bin/env bash
set -euo pipefail
MV_ROOT=$MV_ROOT MV_CACHE=$MV_CACHE
source "$MV_ROOT/tools/lib/userland.sh"
supervise bash "$MV_CACHE/sandbox" "\$@"
COMMAND

# ends_by SIGNAL WORDS CODE: after the program started, the command gets the signal.
ends_by() {
  local log=$MV_CACHE/$1.log command code=0
  : >"$log"
  bash "$MV_CACHE/command" bash "$MV_CACHE/program" "$log" &
  command=$!
  for _ in {1..100}; do
    ! grep -q started "$log" || break
    pause 0.1
  done
  kill -s "$1" "$command"
  wait "$command" || code=$?
  equals "started $2 $3" "$(paste -sd' ' "$log") $code"
}

# Without job control a shell starts its background programs with SIGINT ignored, which a program cannot undo.
set -m
check "SIGTERM reaches the program, which ends in order" ends_by TERM 'in order' 7
check "a closed terminal ends the program in order" ends_by HUP 'in order' 7
check "Ctrl-C reaches the program" ends_by INT 'by interrupt' 8
set +m

code_of() {
  bash "$MV_CACHE/command" "$@"
  echo $?
}
check "an exit code passes through" equals 42 "$(code_of bash -c 'exit 42')"
check "success passes through" equals 0 "$(code_of true)"
