#!/usr/bin/env bash
# The counts in the last line of `test`.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
for piece in messages build lint test; do
  # shellcheck source=/dev/null
  source "tools/lib/$piece.sh"
done

cat >"$MV_CACHE/tap" <<'TAP'
ok 1 - opens
# tests 6
# pass 3
# fail 1
# cancelled 1
# skipped 1
# todo 0
TAP
check "node's lines of counts are read" equals '3 2 1' "$(tap_counts "$MV_CACHE/tap")"
sed 's/^#/ℹ/' "$MV_CACHE/tap" >"$MV_CACHE/spec"
check "and those of its other reporter" equals '3 2 1' "$(tap_counts "$MV_CACHE/spec")"

cat >"$MV_CACHE/junit.xml" <<'XML'
<testsuite name="x" tests="4" failures="1" disabled="0" skipped="1">
	<testcase name="a.B" classname="a.B" time="0.1" status="run"></testcase>
	<testcase name="server_test" classname="server_test" time="0.1" status="fail"></testcase>
	<testcase name="crashed" classname="crashed" time="0.1" status="fail"></testcase>
	<testcase name="a.C" classname="a.C" time="0.1" status="notrun"></testcase>
</testsuite>
XML
check "tests of ctest are counted" equals '1 2 1' "$(node tools/count-tests.mjs "$MV_CACHE/junit.xml")"
cat >"$MV_CACHE/server_test.json" <<'JSON'
{"testsuites": [{"testsuite": [
  {"name": "Passes", "result": "COMPLETED"},
  {"name": "AlsoPasses", "result": "COMPLETED"},
  {"name": "Fails", "result": "COMPLETED", "failures": [{"failure": "no"}]},
  {"name": "Skips", "result": "SKIPPED"}]}]}
JSON
check "cases of a program count where it reports them" \
  equals '3 2 2' "$(node tools/count-tests.mjs "$MV_CACHE/junit.xml" "$MV_CACHE")"
sed -i '/Fails/d' "$MV_CACHE/server_test.json"
check "a program that fails without a failed case counts as a failure" \
  equals '3 2 2' "$(node tools/count-tests.mjs "$MV_CACHE/junit.xml" "$MV_CACHE")"

cat >"$MV_CACHE/vitest.json" <<'JSON'
{"numPassedTests": 5, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 0,
 "testResults": [{"status": "failed", "assertionResults": []}, {"status": "passed", "assertionResults": [{}]}]}
JSON
check "a file of vitest that does not load is a failure" equals '5 2 2' "$(vitest_counts "$MV_CACHE/vitest.json")"

# A command of tests whose parts do what is asked of them here.
# shellcheck disable=SC2317 # the parts are called by their names
run_parts() {
  (
    set -euo pipefail
    cd "$MV_CACHE" && mkdir -p build
    MV_ROOT=$MV_CACHE
    test_core() { add_count core '4 0 1'; }
    test_backend() { false; }
    test_crash() { :; }
    command_test "$@"
  )
}
last_line() { run_parts "$@" 2>&1 | tail -n 1; }
check "the last line sums what the parts counted" equals '4 passed, 0 failed, 1 skipped' "$(last_line core)"
check "a part that breaks is a failure, and the others still run" \
  equals '4 passed, 1 failed, 1 skipped' "$(last_line backend core)"
check "a part that finds no test fails" equals '0 passed, 1 failed, 0 skipped' "$(last_line crash)"
check "a failure ends in an exit code" fails run_parts backend
check "success ends without one" says '4 passed, 0 failed' run_parts core
check "and with code 0" equals 0 "$(run_parts core >/dev/null 2>&1 && echo 0)"
