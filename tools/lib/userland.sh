# shellcheck shell=bash
# Entering the Debian 13 userland with bubblewrap, and ending in it in order.

# Set inside a tree of ours; on Debian 13 itself everything runs natively.
in_userland() { [[ -n ${MV_USERLAND:-} ]]; }

# enter_userland SET COMMAND…: runs it there with the checkout, the cache, the network and the terminal of the host, and
# ends this script with its exit code.
enter_userland() {
  local set=$1
  shift
  ensure_root "$set"
  collect_binds
  collect_environment
  supervise env --ignore-signal=INT,TERM,HUP "${ENVIRONMENT[@]}" bwrap "${BINDS[@]}" -- \
    env --default-signal=INT,TERM,HUP,QUIT "$@"
}

# Folders beyond the checkout and the cache that the command works in; `up` adds the data folder.
WRITABLE_FOLDERS=()

# collect_binds: sets BINDS to bubblewrap's options.
collect_binds() {
  local tree=$USERLAND folder file
  BINDS=(--tmpfs / --ro-bind "$tree/usr" /usr --ro-bind "$tree/etc" /etc --ro-bind "$tree/var" /var
    --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64
    --proc /proc --dev-bind /dev /dev --ro-bind-try /sys /sys
    --perms 1777 --tmpfs /tmp --perms 1777 --tmpfs /var/tmp --perms 0755 --tmpfs /run --dir /run/lock
    --unshare-pid --unshare-ipc --unshare-uts --die-with-parent)
  is_root || BINDS+=(--unshare-user --uid 1000 --gid 1000)
  BINDS+=(--dir "$HOME")
  # A folder that --bind makes on its way is closed to other users, and some servers run as one: hence --dir first.
  mkdir -p "$MV_CACHE/ccache" "$MV_CACHE/npm"
  for folder in "$MV_CACHE" "$MV_ROOT" ${WRITABLE_FOLDERS[@]+"${WRITABLE_FOLDERS[@]}"}; do
    BINDS+=(--dir "$folder" --bind "$folder" "$folder")
  done
  # A linked git work tree keeps its history elsewhere.
  if [[ -f $MV_ROOT/.git ]]; then
    folder=$(sed -n 's/^gitdir: \(.*\)\/worktrees\/.*/\1/p' "$MV_ROOT/.git")
    [[ -z $folder ]] || BINDS+=(--dir "$folder" --bind "$folder" "$folder")
  fi
  folder=${MEMORYVERSE_SHARED:-$(dirname "$MV_ROOT")/shared}
  [[ ! -d $folder ]] || BINDS+=(--dir "$folder" --ro-bind "$folder" "$folder")
  # The host decides names, addresses, certificates and who may read which npm registry.
  BINDS+=(--ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/hosts /etc/hosts
    --ro-bind-try /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
    --ro-bind-try /etc/npmrc /etc/npmrc)
  for file in .npmrc .gitconfig; do
    [[ ! -f $HOME/$file ]] || BINDS+=(--ro-bind "$HOME/$file" "$HOME/$file")
  done
  for file in "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}" "${CURL_CA_BUNDLE:-}"; do
    [[ ! -f $file || $file == /etc/ssl/certs/* ]] || BINDS+=(--ro-bind "$file" "$file")
  done
  folder=$PWD
  [[ $folder/ == "$MV_ROOT"/* ]] || folder=$MV_ROOT
  BINDS+=(--chdir "$folder")
}

# collect_environment: sets ENVIRONMENT to options of `env` that pass on what was meant for us, and nothing else.
collect_environment() {
  local name
  ENVIRONMENT=(-i "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "HOME=$HOME" LANG=C.UTF-8
    MV_USERLAND=1 "MV_LANGUAGE=$MV_LANGUAGE" "MV_CPUS=$(nproc)")
  while read -r name; do
    case $name in
      MEMORYVERSE_* | AWS_* | npm_config_* | NODE_EXTRA_CA_CERTS | SSL_CERT_FILE | SSL_CERT_DIR | CURL_CA_BUNDLE | *_proxy | *_PROXY | \
        TERM | COLORTERM | NO_COLOR | FORCE_COLOR | CI | TZ | SOURCE_DATE_EPOCH | XDG_CACHE_HOME | XDG_DATA_HOME | \
        ASAN_OPTIONS | UBSAN_OPTIONS | LSAN_OPTIONS | TSAN_OPTIONS | CTEST_* | GTEST_* | GIT_AUTHOR_* | GIT_COMMITTER_* | EDITOR)
        ENVIRONMENT+=("$name=${!name}")
        ;;
    esac
  done < <(compgen -e)
}

# supervise COMMAND…: runs bubblewrap so that its program ends in order, and ends with the program's exit code.
#
# On SIGTERM or Ctrl-C bubblewrap would die at once and take the program with it by SIGKILL. So bubblewrap itself ignores
# these signals, and this script hands them on: SIGTERM to the program alone, Ctrl-C to its whole process group, as a
# terminal would. Only `shell` shares our group, since it talks with the terminal itself.
supervise() {
  local status=0
  SIGNALLED=1
  if [[ -n ${INTERACTIVE:-} ]]; then
    "$@" <&0 &
    SUPERVISED=$!
    trap 'SIGNALLED=1' INT
  else
    set -m
    "$@" </dev/null &
    SUPERVISED=$!
    set +m
    trap 'SIGNALLED=1; kill -INT -- "-$SUPERVISED" 2>/dev/null || true' INT
  fi
  # A closed terminal is no reason to drop what is being written: HUP ends in order too.
  trap 'SIGNALLED=1; forward TERM' TERM HUP
  # A signal to this script cuts the wait short. The program may end in that very moment, so only a wait that nothing
  # disturbed tells its exit code; bash remembers it for the next one.
  while [[ -n $SIGNALLED ]]; do
    SIGNALLED=''
    status=0
    wait "$SUPERVISED" 2>/dev/null || status=$?
  done
  exit "$status"
}

# forward SIGNAL: to the program, which is the child of bubblewrap's child.
forward() {
  local inner program
  # In its first milliseconds bubblewrap has not started it yet.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    for inner in $(children_of "$SUPERVISED"); do
      for program in $(children_of "$inner"); do
        kill -s "$1" "$program" 2>/dev/null || true
        return 0
      done
    done
    sleep 0.1
  done
  kill -s KILL "$SUPERVISED" 2>/dev/null || true
}

children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null || true; }
