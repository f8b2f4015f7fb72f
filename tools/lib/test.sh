# shellcheck shell=bash
# `test` and `bench`.

# In the order in which they run: what fails fast comes first.
readonly TEST_PARTS=(tools lint core backend postgres redis s3 broker topology frontend corpus crash e2e)
readonly RESULTS=build/test-results

# check_test_part COMMAND ARGUMENT…: a mistyped part is told before anything is installed.
check_test_part() {
  local part
  [[ $1 == test ]] || return 0
  for part in "${@:2}"; do
    [[ " ${TEST_PARTS[*]} " == *" $part "* ]] || die unknown_part "$part" "${TEST_PARTS[*]}"
  done
}

# command_test [PART…]: runs the parts, all of them without one, and ends with one line of counts. A part that fails does
# not stop the others; one that finds no test fails.
command_test() {
  local parts=("$@") part status started count good=0 bad=0 left_out=0 table=''
  (($# > 0)) || parts=("${TEST_PARTS[@]}")
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  sanitizer_environment
  for part in "${parts[@]}"; do
    started=$SECONDS
    printf '\n== %s\n' "$part"
    # In a process of its own and outside any condition, so that the first command that fails ends the part.
    set +e
    (
      set -e
      "test_$part"
    )
    status=$?
    set -e
    read -ra count <<<"$(sum_counts "$part")"
    if ((status != 0 && count[1] == 0)) || ((count[0] + count[1] + count[2] == 0)); then
      # The part itself broke: it did not build, say, or it found no test.
      ((status != 0)) || printf 'The part “%s” found no tests.\n' "$part"
      count[1]=$((count[1] + 1))
    fi
    good=$((good + count[0])) bad=$((bad + count[1])) left_out=$((left_out + count[2]))
    table+=$(printf '%-9s %5d passed %4d failed %4d skipped   %s' "$part" "${count[@]}" "$(duration $((SECONDS - started)))")$'\n'
    printf '== %s took %s\n' "$part" "$(duration $((SECONDS - started)))"
  done
  printf '\n%s\n' "$table"
  printf '%d passed, %d failed, %d skipped\n' "$good" "$bad" "$left_out"
  ((bad == 0))
}

# sanitizer_environment: any finding ends the program, and the test with it.
sanitizer_environment() {
  export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:check_initialization_order=1:detect_stack_use_after_return=1}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
  export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$MV_ROOT/tools/lsan.supp:print_suppressions=0}
  export MEMORYVERSE_SHARED=${MEMORYVERSE_SHARED:-$(dirname "$MV_ROOT")/shared}
}

# add_count PART "PASSED FAILED SKIPPED"
add_count() { echo "$2" >>"$RESULTS/$1.count"; }

sum_counts() {
  if [[ -e $RESULTS/$1.count ]]; then
    awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}' "$RESULTS/$1.count"
  else
    echo 0 0 0
  fi
}

# run_ctest PART LABEL JOBS: the tests with that label, from the build with the sanitizers.
run_ctest() {
  local part=$1 label=$2 jobs=$3 status=0 report=$RESULTS/$1.xml
  rm -rf build/asan/reports
  mkdir -p build/asan/reports
  # Passed tests are counted, not listed.
  ctest --test-dir build/asan --label-regex "^$label\$" --no-tests=error --output-on-failure --parallel "$jobs" \
    --output-junit "$MV_ROOT/$report" 2>&1 | sed -E '/^ *(Start +[0-9]+:|[0-9]+\/[0-9]+ Test .* Passed )/d' || status=$?
  [[ ! -e $report ]] || add_count "$part" "$(node tools/count-tests.mjs "$report" build/asan/reports)"
  return "$status"
}

# tap_counts FILE: passed, failed and skipped of node's test runner, whichever of its two reporters wrote it.
tap_counts() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '($1 == "#" || $1 == "ℹ") && NF == 3 { n[$2] = $3 }
    END { print n["pass"] + 0, n["fail"] + n["cancelled"] + 0, n["skipped"] + n["todo"] + 0 }'
}

test_lint() { lint_everything lint; }

test_core() {
  build_server asan unit_tests
  run_ctest core unit "$JOBS"
}

# What follows speaks to a started server. It is the one with the sanitizers, which therefore watch these tests too.
build_everything_asan() {
  build_server asan
  export MEMORYVERSE_SERVER=$MV_ROOT/build/asan/backend/memoryverse-server
  export MEMORYVERSE_WEB_ROOT=$MV_ROOT/frontend/dist
}

test_backend() {
  build_everything_asan
  run_ctest backend backend "$JOBS"
}

test_corpus() {
  build_everything_asan
  run_ctest corpus corpus 1
}

# Redis is started by the tests themselves.
test_redis() {
  build_everything_asan
  run_ctest redis redis "$JOBS"
}

# Ceph RGW is started by the tests themselves.
test_s3() {
  build_everything_asan
  run_ctest s3 s3 1
}

# The adapters of PostgreSQL, and the server on it. Each program starts a PostgreSQL of its own.
test_postgres() {
  build_everything_asan
  run_ctest postgres postgres 1
}

# Many processes behind the gateway's own configuration, on every engine at once.
test_topology() {
  build_everything_asan
  run_ctest topology topology 1
}

# RabbitMQ is started by the tests themselves; a program has one of its own, and each takes a core while it starts.
test_broker() {
  build_everything_asan
  run_ctest broker broker 1
}

test_crash() {
  build_everything_asan
  run_ctest crash crash 1
}

test_frontend() {
  local package report status=0
  install_npm_packages
  for package in frontend packages/*; do
    grep -q '"test": "vitest' "$package/package.json" || continue
    report=$MV_ROOT/$RESULTS/frontend-${package//\//-}.json
    # One package that fails does not hide the next.
    timeout --foreground --kill-after=10 900 npm test --silent -w "$package" -- --reporter=default --reporter=json --outputFile.json="$report" || status=1
    [[ ! -e $report ]] || add_count frontend "$(vitest_counts "$report")"
  done
  return "$status"
}

vitest_counts() {
  node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const broken = r.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
    console.log(r.numPassedTests, r.numFailedTests + broken, r.numPendingTests + r.numTodoTests);' "$1"
}

test_e2e() {
  local status=0
  build_everything_asan
  build_web
  timeout --foreground --kill-after=10 1500 npm run --silent e2e -w tests 2>&1 | tee "$RESULTS/e2e.log" || status=$?
  add_count e2e "$(tap_counts "$RESULTS/e2e.log")"
  return "$status"
}

# test_tools: the entry command itself; each script in tools/tests prints one "ok", "not ok" or "skip" a test. Here as in
# the other parts whatever hangs is ended: that is a failure with a name, and not a run without an end.
test_tools() {
  local script status=0
  for script in tools/tests/*_test.sh; do
    # Into a file: what a script leaves behind when it is ended would keep a pipe open.
    timeout --kill-after=10 300 bash "$script" >"$RESULTS/tools.log" 2>&1 || {
      status=1
      grep -q '^not ok' "$RESULTS/tools.log" || printf 'not ok %s ends well\n' "$script" >>"$RESULTS/tools.log"
    }
    cat "$RESULTS/tools.log"
    add_count tools "$(awk '/^ok / {p++} /^not ok / {f++} /^skip / {s++} END {print p + 0, f + 0, s + 0}' "$RESULTS/tools.log")"
  done
  return "$status"
}

command_bench() {
  [[ -x bench/run ]] || die no_bench
  build_product release
  exec bench/run "$@"
}
