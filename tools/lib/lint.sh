# shellcheck shell=bash
# `lint` and `format`. Each check is a function lint_NAME that prints what is wrong and fails.

readonly LINT_CHECKS=(packages dependencies shellcheck clang_format eslint prettier vue_tsc generated clang_tidy)

# source_files PATTERN…: files of ours that match, tracked or new; what git ignores is not ours.
source_files() {
  local file
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@" | LC_ALL=C sort -u |
      while read -r file; do [[ ! -f $file ]] || echo "$file"; done
  else
    # A checkout without its history, as from an archive.
    for file in "$@"; do
      find . \( -name node_modules -o -name dist -o -path ./build \) -prune -o -type f -name "$file" -print | sed 's,^\./,,'
    done | LC_ALL=C sort -u
  fi
}

cpp_files() { source_files '*.cpp' '*.hpp'; }

# shell_scripts: those that run by themselves; the pieces in tools/lib are read through the command that sources them.
shell_scripts() {
  local file
  source_files '*.sh' | grep -v '^tools/lib/' || true
  for file in memoryverse .ci/run tools/check-dependencies tools/hooks/* bench/run infrastructure/docker/{gather,rgw-start}; do
    if [[ -f $file ]] && head -n 1 "$file" | grep -q 'sh$'; then echo "$file"; fi
  done
}

command_lint() {
  mkdir -p build
  lint_everything '' "$@"
}

# lint_everything PART [CHECK…]: runs the checks, all of them without one. With PART, each is counted as one of its tests.
lint_everything() {
  local part=$1 check started status failed=()
  shift
  (($# > 0)) || set -- "${LINT_CHECKS[@]}"
  for check in "$@"; do
    [[ " ${LINT_CHECKS[*]} " == *" $check "* ]] || die unknown_part "$check" "${LINT_CHECKS[*]}"
    started=$SECONDS
    set +e
    (
      set -e
      "lint_$check"
    )
    status=$?
    set -e
    if ((status == 0)); then
      printf 'ok      %-13s %s\n' "$check" "$(duration $((SECONDS - started)))"
      [[ -z $part ]] || add_count "$part" "1 0 0"
    else
      printf 'FAILED  %-13s %s\n' "$check" "$(duration $((SECONDS - started)))"
      failed+=("$check")
      [[ -z $part ]] || add_count "$part" "0 1 0"
    fi
  done
  ((${#failed[@]} == 0))
}

# Each line of the package lists is one Debian package name, and none is named twice.
lint_packages() {
  local line twice
  while read -r line; do
    if ! [[ $line =~ ^[a-z0-9][a-z0-9.+-]+$ ]]; then
      echo "tools/packages: '$line' is not a package name"
      return 1
    fi
  done < <(package_list run test images)
  twice=$(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' tools/packages/{run,test}.txt | sort | uniq -d)
  if [[ -n $twice ]]; then
    echo "tools/packages: named twice: $twice"
    return 1
  fi
}

lint_dependencies() { tools/check-dependencies; }

lint_shellcheck() { shell_scripts | xargs shellcheck --external-sources --check-sourced; }

lint_clang_format() { cpp_files | xargs -P "$JOBS" -n 40 clang-format --dry-run -Werror; }

lint_eslint() {
  install_npm_packages
  npm run --silent lint:scripts
}

lint_prettier() {
  install_npm_packages
  npm run --silent lint:format
}

# Types: vue-tsc for the client, tsc for the packages that it uses.
lint_vue_tsc() {
  local package status=0
  install_npm_packages
  for package in frontend packages/* tests; do
    if grep -qs '"check":' "$package/package.json"; then
      npm run --silent check -w "$package" || status=1
    fi
  done
  return "$status"
}

# lint_generated: openapi.json and the client made from it say what the server's types say.
lint_generated() {
  local server fresh
  for server in build/{asan,dev,release}/backend/memoryverse-server; do
    [[ ! -x $server ]] || break
  done
  # In `test` the build with the sanitizers follows anyway, so it is the one that is made when there is none yet.
  if [[ ! -x $server || ${CI:-} == true ]]; then
    server=build/asan/backend/memoryverse-server
    build_server asan memoryverse-server
  fi
  install_npm_packages
  fresh=$(mktemp -d)
  "$server" --print-openapi >"$fresh/openapi.json"
  if ! diff -u packages/api-client/openapi.json "$fresh/openapi.json" >"$fresh/difference"; then
    head -n 40 "$fresh/difference"
    echo 'openapi.json is not what the server says. "./memoryverse format" writes it and the client again.'
    return 1
  fi
  cp -r packages/api-client/src "$fresh/before"
  npm run --silent generate -w packages/api-client >/dev/null
  if ! diff -ru "$fresh/before" packages/api-client/src; then
    echo 'packages/api-client is not what openapi.json says. "./memoryverse format" writes it again.'
    cp -r "$fresh/before/." packages/api-client/src/
    return 1
  fi
  rm -rf "$fresh"
}

# lint_clang_tidy: only what changed since it was last found clean; tools/tidy.mjs says how it knows.
lint_clang_tidy() {
  if [[ ! -e build/tidy/build.ninja ]]; then
    # Precompiled headers are GCC's own, and clang cannot read them.
    cmake --fresh --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >build/configure-tidy.log 2>&1 || {
      tail -n 20 build/configure-tidy.log
      return 1
    }
  fi
  # Ninja configures again when a CMake file or the list of sources changed, and writes what is generated.
  cmake --build build/tidy --target generated >build/tidy.log 2>&1 || {
    tail -n 20 build/tidy.log
    return 1
  }
  node tools/tidy.mjs build/tidy "$MV_CACHE/tidy" "$JOBS"
}

# command_format: writes what can be written by a machine.
command_format() {
  mkdir -p build
  cpp_files | xargs -P "$JOBS" -n 40 clang-format -i
  install_npm_packages
  npm run --silent lint:scripts -- --fix || true
  npm run --silent format
  if [[ -x build/dev/backend/memoryverse-server ]]; then
    build_server dev memoryverse-server
    build/dev/backend/memoryverse-server --print-openapi >build/openapi.json
    mv build/openapi.json packages/api-client/openapi.json
    npm run --silent generate -w packages/api-client >/dev/null
  fi
}
