# shellcheck shell=bash
# Building: the server by CMake and Ninja, the web client by npm and Vite. Nothing that did not change is done again.

# prepare_environment: where compilers and npm keep what they may use again, and how many may run at once.
prepare_environment() {
  cd "$MV_ROOT"
  export CCACHE_DIR=${CCACHE_DIR:-$MV_CACHE/ccache}
  export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
  # Ninja and the compiler see other paths in each checkout; ccache must not.
  export CCACHE_BASEDIR=$MV_ROOT CCACHE_NOHASHDIR=1
  # Precompiled headers carry dates that would make every second build miss.
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  export npm_config_cache=${npm_config_cache:-$MV_CACHE/npm} npm_config_update_notifier=false
  # npm is told by Debian's package where the headers are; a package that builds something finds them.
  JOBS=$(parallel_jobs)
  # git refuses a checkout that belongs to somebody else, as it does inside the userland of root.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$MV_ROOT
}

# parallel_jobs: one a core, and 1.5 GB of memory for each.
parallel_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1024 / 1500)}' /proc/meminfo)
  if ((memory < 1)); then memory=1; fi
  echo $((memory < cores ? memory : cores))
}

# build_server PRESET TARGET…: configures when it must, then builds; without a target everything.
build_server() {
  local preset=$1 arguments=()
  shift
  [[ $# -eq 0 ]] || arguments=(--target "$@")
  mkdir -p build
  # Several commands may run in one checkout: they take turns.
  exec {BUILD_LOCK}>"build/$preset.lock"
  flock "$BUILD_LOCK"
  if [[ ! -e build/$preset/build.ninja ]]; then
    # A configuration that was interrupted leaves a cache that is not to be trusted.
    cmake --fresh --preset "$preset" >"build/configure-$preset.log" 2>&1 || {
      tail -n 30 "build/configure-$preset.log" >&2
      build_broke
    }
  fi
  NINJA_STATUS='[%f/%t %es] ' cmake --build "build/$preset" --parallel "$JOBS" ${arguments[@]+"${arguments[@]}"} >&2 ||
    build_broke
  exec {BUILD_LOCK}>&-
}

# build_broke: ends with what to do; a full disk shows itself in many ways.
build_broke() {
  local folder
  for folder in "$MV_ROOT" "$MV_CACHE"; do
    (($(free_gb "$folder") > 0)) || die why_space 2 "$folder"
  done
  die build_failed
}

# install_npm_packages: as package-lock.json says, and only when it changed.
install_npm_packages() {
  local stamp
  stamp=$(sha256sum package-lock.json package.json ./*/package.json packages/*/package.json 2>/dev/null | sha256sum)
  stamp+=" $(node --version)"
  [[ ! -d node_modules || $(cat build/npm.stamp 2>/dev/null) != "$stamp" ]] || return 0
  mkdir -p build
  exec {NPM_LOCK}>build/npm.lock
  flock "$NPM_LOCK"
  if [[ ! -d node_modules || $(cat build/npm.stamp 2>/dev/null) != "$stamp" ]]; then
    say npm_install
    rm -f build/npm.stamp
    npm ci --no-progress --prefer-offline >build/npm.log 2>&1 || {
      tail -n 15 build/npm.log >&2
      grep -qE 'ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|network' build/npm.log && die npm_failed "$(text why_network)"
      grep -q ENOSPC build/npm.log && die npm_failed "$(text why_space 2 "$MV_ROOT")"
      die npm_failed "$(text why_other)"
    }
    echo "$stamp" >build/npm.stamp
  fi
  exec {NPM_LOCK}>&-
}

# build_web: frontend/dist, when a source of it changed.
build_web() {
  local stamp
  install_npm_packages
  stamp=$(web_sources | xargs -0 sha256sum | sha256sum)
  [[ ! -e frontend/dist/index.html || $(cat build/web.stamp 2>/dev/null) != "$stamp" ]] || return 0
  say build_web
  rm -f build/web.stamp
  npm run --silent build -w frontend >build/web.log 2>&1 || {
    tail -n 40 build/web.log >&2
    build_broke
  }
  echo "$stamp" >build/web.stamp
}

# web_sources: the files that the web client is built from, each ended by NUL.
web_sources() {
  find package-lock.json frontend packages \
    \( -name node_modules -o -name dist -o -name coverage \) -prune -o -type f -print0 | LC_ALL=C sort -z
}

# The programs that `up` starts, in the preset that people run.
readonly SERVER_TARGETS=(memoryverse-server memoryverse-media)

# build_product PRESET: the server and the web client, side by side: npm waits for the network while compilers work.
build_product() {
  local started=$SECONDS
  [[ -e build/$1/backend/memoryverse-server ]] || say build_server "$(server_minutes)" "$(nproc)"
  side_by_side "build_server $1 ${SERVER_TARGETS[*]}" build_web
  ((SECONDS - started < 5)) || say built "$(duration $((SECONDS - started)))"
}

# side_by_side COMMAND COMMAND…: runs them at the same time, each given as words without spaces in them. The first that
# fails ends the others and this script.
side_by_side() {
  local command job status
  local -A running=()
  # A process group for each, so that a signal reaches all that it started.
  set -m
  for command in "$@"; do
    (
      trap 'exit 130' INT
      trap 'exit 143' TERM
      # shellcheck disable=SC2086 # the words are split on purpose
      $command
    ) </dev/null &
    running[$!]=1
  done
  set +m
  trap 'end_groups INT "${!running[@]}"; exit 130' INT
  trap 'end_groups TERM "${!running[@]}"; exit 143' TERM HUP
  while ((${#running[@]} > 0)); do
    status=0
    wait -n -p job "${!running[@]}" || status=$?
    unset "running[$job]"
    ((status == 0)) || {
      end_groups TERM "${!running[@]}"
      exit "$status"
    }
  done
  trap - INT TERM HUP
}

# end_groups SIGNAL LEADER…: sends it to their process groups and waits until the leaders have ended.
end_groups() {
  local signal=$1 leader
  shift
  trap '' INT TERM HUP
  for leader in "$@"; do
    kill -s "$signal" -- "-$leader" 2>/dev/null || true
    wait "$leader" 2>/dev/null || true
  done
}

# server_minutes: a first build of server and web client takes about this long where the cores are free: 7 minutes of one
# core, measured.
server_minutes() { echo $((8 / $(parallel_jobs) + 1)); }
