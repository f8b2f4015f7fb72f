#!/usr/bin/env bash
# The package lists and the key of the userland.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
for piece in messages packages rootfs lint; do
  # shellcheck source=/dev/null
  source "tools/lib/$piece.sh"
done

check "both package lists parse" lint_packages
check "running needs a compiler" grep -qx g++ <<<"$(package_list run)"
check "running needs no browser" fails grep -qx chromium <<<"$(package_list run)"
check "testing needs all that running needs" equals '' "$(comm -23 <(package_list run) <(package_list run test))"
check "the key is the same when asked twice" equals "$(root_key test)" "$(root_key test)"
check "the two sets have different keys" fails equals "$(root_key run)" "$(root_key test)"

other_list() {
  local copy=$MV_CACHE/copy
  mkdir -p "$copy/tools"
  cp -r tools/packages "$copy/tools/"
  printf '%s\n' "$1" >>"$copy/tools/packages/run.txt"
  (MV_ROOT=$copy && root_key run)
}
check "another package means another key" fails equals "$(root_key run)" "$(other_list zstd)"
check "a comment does not change the key" equals "$(root_key run)" "$(other_list '# a thought')"

garbled() {
  local copy=$MV_CACHE/garbled
  mkdir -p "$copy/tools"
  cp -r tools/packages "$copy/tools/"
  echo 'two names' >>"$copy/tools/packages/test.txt"
  (cd "$copy" && MV_ROOT=$copy && lint_packages)
}
check "a garbled package list is refused" fails garbled
