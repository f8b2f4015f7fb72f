# shellcheck shell=bash
# The Debian 13 root file system for hosts that are not Debian 13: where it lies, and making it once.
#
# A tree lies in $MV_CACHE/roots/KEY, where KEY is a hash of all that decides what is in it. It is made in
# KEY.tmp.PID under a lock and renamed when complete, so an interrupted run leaves nothing that a later one
# would trust. Whoever uses a tree holds a shared lock on KEY.lock, so that `clean` leaves it alone.

readonly ROOT_SUITE=trixie
readonly ROOT_RECIPE=2 # raise it when the recipe below changes, so that trees are made again
readonly ROOTS=$MV_CACHE/roots
readonly ROOT_WORKSHOP=/var/tmp # where an ordinary user's tree is made first; /tmp is often small

root_architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}

# root_key SET: trees of root and of an ordinary user differ in who owns their files.
root_key() {
  local lists owner=user
  read -ra lists <<<"$(lists_of "$1")"
  ! is_root || owner=root
  { echo "$ROOT_SUITE $ROOT_RECIPE $(root_architecture) $owner" && package_list "${lists[@]}"; } | sha256sum | cut -c1-16
}

root_complete() { [[ -e $ROOTS/$1/.complete ]]; }

# GB that making a tree of SET takes, packages included, and minutes on two cores: measured.
root_size() {
  case $1 in test) echo 4 ;; images) echo 1 ;; *) echo 2 ;; esac
}
root_minutes() {
  case $1 in test) echo 3 ;; images) echo 1 ;; *) echo 2 ;; esac
}

# ensure_root SET: sets USERLAND to a tree that holds the set, and keeps a shared lock on it until this process ends.
ensure_root() {
  local key
  mkdir -p "$ROOTS"
  # A tree for testing also runs the product, so that a developer does not need two.
  key=$(root_key test)
  if [[ $1 == images ]] || { [[ $1 == run ]] && ! root_complete "$key"; }; then key=$(root_key "$1"); fi
  exec {ROOT_LOCK}>"$ROOTS/$key.lock"
  if ! flock --shared --nonblock "$ROOT_LOCK"; then
    say root_wait
    flock --shared "$ROOT_LOCK"
  fi
  if ! root_complete "$key"; then
    flock --exclusive "$ROOT_LOCK"
    # Somebody else may have made it between the two locks.
    root_complete "$key" || make_root "$1" "$key"
    flock --shared "$ROOT_LOCK"
  fi
  USERLAND=$ROOTS/$key
}

make_root() {
  local set=$1 key=$2 lists tree log packages started=$SECONDS
  log=$ROOTS/$key.log
  ensure_host_tools
  require_space "$MV_CACHE" "$(root_size "$set")"
  is_root || require_space "$ROOT_WORKSHOP" "$(root_size "$set")" no_space_workshop
  remove_leftovers "$key"
  tree=$ROOTS/$key.tmp.$$
  mkdir "$tree"
  say making_root "$(root_minutes "$set")" "$(root_size "$set")" "$ROOTS"

  read -ra lists <<<"$(lists_of "$set")"
  packages=$(package_list "${lists[@]}" | paste -sd,)
  set -m
  bootstrap "$tree" "$packages" >"$log" 2>&1 &
  local maker=$!
  set +m
  # When we are told to end, so is the maker; what it leaves is removed by the next run.
  trap 'kill "'$maker'" 2>/dev/null; wait "'$maker'" 2>/dev/null || true; rm -rf --one-file-system "'"$tree"'"; trap - EXIT; exit 130' INT TERM HUP
  show_progress "$maker" "$log" "$started"
  if ! wait "$maker"; then
    explain_failure "$log" "$set"
    rm -rf --one-file-system "$tree"
    exit 1
  fi
  trap - INT TERM HUP
  touch "$tree/.complete"
  mv -T "$tree" "$ROOTS/$key"
  rm -f "$log"
  say root_done
}

# remove_leftovers KEY: what interrupted runs left behind. Called with the lock held, so nobody is at work there.
remove_leftovers() {
  local leftover
  for leftover in "$ROOTS/$1".tmp.* "$ROOTS/$1"; do
    [[ ! -e $leftover ]] || rm -rf --one-file-system "$leftover"
  done
}

# bootstrap TREE PACKAGES: the recipe.
bootstrap() {
  local tree=$1 packages=$2 option mirrors=()
  local make=(mmdebstrap --verbose --variant=apt --skip=check/empty "--architectures=$(root_architecture)"
    --dpkgopt=force-unsafe-io
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright'
    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "5"' --aptopt='APT::Install-Recommends "false"')
  while read -r option; do make+=("--aptopt=$option"); done < <(host_apt_options)
  # Nothing may start a service in there or make a cluster for one, and the files over which the host's are mounted must exist.
  # shellcheck disable=SC2016 # mmdebstrap's shell sets $1
  make+=(--essential-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"'
    --essential-hook='mkdir -p "$1/etc/postgresql-common"; echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"'
    --customize-hook='touch "$1/etc/hosts" "$1/etc/resolv.conf" "$1/etc/npmrc"'
    --customize-hook='chroot "$1" useradd --uid 1000 --home-dir /tmp --no-create-home --shell /bin/bash memoryverse'
    "--include=$packages")
  mapfile -t mirrors < <(host_mirrors)
  if is_root; then
    # In a mount namespace of its own, so that an end by force leaves none of the tree's mounts behind.
    local apart=()
    ! unshare --mount true 2>/dev/null || apart=(unshare --mount)
    exec_while_parent_lives ${apart[@]+"${apart[@]}"} "${make[@]}" --mode=root "$ROOT_SUITE" "$tree" \
      ${mirrors[@]+"${mirrors[@]}"}
  else
    # Inside a home that only its owner may enter, mmdebstrap's other user ids could not write: so it hands over a tar.
    # shellcheck disable=SC2016 # the inner bash expands its own arguments
    TMPDIR=$ROOT_WORKSHOP exec_while_parent_lives bash -c '
      set -o pipefail
      tree=$1
      shift
      "$@" | tar -C "$tree" -x --no-same-owner --exclude="./dev/*"
    ' unpack "$tree" "${make[@]}" --mode=unshare --format=tar "$ROOT_SUITE" - ${mirrors[@]+"${mirrors[@]}"}
  fi
}

# exec_while_parent_lives COMMAND…: told to end, or when its parent is killed, it ends its whole process group: mmdebstrap
# clears up after itself only when the programs that it runs end as well. To be called in a group of its own.
exec_while_parent_lives() {
  # shellcheck disable=SC2016 # the inner bash expands its own arguments
  exec setpriv --pdeathsig TERM bash -c 'trap "trap : TERM; kill -TERM 0" TERM INT HUP; "$@" </dev/null & wait "$!"; status=$?
    wait; exit "$status"' guard "$@"
}

# host_apt_options: settings of the host's apt that it needs to reach its servers.
host_apt_options() {
  command -v apt-config >/dev/null || return 0
  apt-config dump | grep -E '^Acquire::(Check-(Valid-Until|Date)|https?::(Proxy|CaInfo|Verify-Peer)[^ ]*) ".+";$' | sed 's/;$//' || true
}

# host_mirrors: sources for the tree, from the servers that the host itself uses. A host that is not Debian has none:
# mmdebstrap then takes Debian's own.
host_mirrors() {
  local address release archive='' security=''
  [[ $(os_release ID) == debian ]] && command -v apt-get >/dev/null || return 0
  # shellcheck disable=SC2016 # apt's own placeholders
  while read -r address release; do
    [[ $address == http*://* ]] || continue
    case $release in
      "$(os_release VERSION_CODENAME)" | stable | oldstable) archive=${archive:-$address} ;;
      *-security) security=${security:-$address} ;;
    esac
  done < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null)
  [[ -n $archive ]] || return 0
  echo "deb $archive $ROOT_SUITE main"
  echo "deb $archive $ROOT_SUITE-updates main"
  [[ -z $security ]] || echo "deb $security $ROOT_SUITE-security main"
}

# show_progress PID LOG STARTED: on a terminal one line that changes, else a line every half minute.
show_progress() {
  local maker=$1 log=$2 started=$3 shown=0 line
  while kill -0 "$maker" 2>/dev/null; do
    sleep 1
    if [[ -t 2 ]]; then
      line=$(text root_progress "$(root_phase "$log")" "$(duration $((SECONDS - started)))")
      printf '\r\033[K%s' "$line" >&2
    elif ((SECONDS - started >= shown + 30)); then
      shown=$((SECONDS - started))
      say root_progress "$(root_phase "$log")" "$(duration "$shown")"
    fi
  done
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
}

# root_phase LOG: what mmdebstrap is doing, read from what it has said.
root_phase() {
  local total unpacked configured
  # The essential packages come in rounds before the long one, whose size apt announces.
  total=$(sed -n 's/.* \([0-9]*\) newly installed.*/\1/p' "$1" | awk '{sum += $1} END {print sum + 0}')
  unpacked=$(grep -c '^Unpacking ' "$1" || true)
  configured=$(grep -c '^Setting up ' "$1" || true)
  if grep -q '^I: creating tarball' "$1"; then
    text phase_copy
  elif ((unpacked > 0 && configured * 10 > unpacked * 3 && unpacked >= total)); then
    text phase_configure "$configured" "$total"
  elif ((unpacked > 60)); then
    text phase_unpack "$unpacked" "$total"
  elif grep -q '^Get:' "$1"; then
    text phase_download
  else
    text phase_start
  fi
}

# explain_failure LOG SET: why it failed, and what to do about it.
explain_failure() {
  say root_failed "$1"
  tail -n 12 "$1" >&2
  if grep -qiE 'no space left|not enough free space|disk full' "$1"; then
    say why_space "$(root_size "$2")" "$(fuller_folder)"
  elif grep -qiE 'could not resolve|temporary failure|could not connect|connection (failed|refused|timed out)|network is unreachable|failed to fetch' "$1"; then
    say why_network
  elif grep -qiE 'not valid (yet|anymore)|release file .* (expired|is not)' "$1"; then
    say why_clock
  elif grep -qiE 'unshare|newuidmap|userns' "$1" && ! is_root; then
    say why_userns
  else
    say why_other
  fi
}

# fuller_folder: of the two that a tree is made in, the one with less room.
fuller_folder() {
  local folder=$ROOTS
  is_root || (($(free_gb "$ROOTS") <= $(free_gb "$ROOT_WORKSHOP"))) || folder=$ROOT_WORKSHOP
  echo "$folder"
}
