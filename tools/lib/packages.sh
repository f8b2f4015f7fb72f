# shellcheck shell=bash
# The Debian packages: their lists in tools/packages, and installing them where the host is Debian 13 itself.

# package_list SET…: the packages of tools/packages/SET.txt, sorted, one a line.
package_list() {
  local set
  for set in "$@"; do
    sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$MV_ROOT/tools/packages/$set.txt"
  done | LC_ALL=C sort -u
}

# The lists that a set (run, test or images) consists of: testing needs what running needs, and more.
lists_of() {
  if [[ $1 == test ]]; then echo run test; else echo "$1"; fi
}

is_debian_13() {
  [[ $(os_release ID) == debian && $(os_release VERSION_ID) == 13 ]]
}

# os_release KEY: a value of /etc/os-release, empty when there is none.
os_release() {
  [[ ! -r /etc/os-release ]] || sed -n "s/^$1=//p" /etc/os-release | tr -d '"'
}

is_root() { [[ $(id -u) -eq 0 ]]; }

# as_root COMMAND…: runs it with root's rights; fails when there is no way to them.
as_root() {
  if is_root; then
    "$@"
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    sudo -- "$@"
  else
    return 1
  fi
}

# missing_packages PACKAGE…: those that are not installed, on one line.
missing_packages() {
  local -A installed=()
  local name missing=()
  while read -r name; do installed[$name]=1; done < <(
    # shellcheck disable=SC2016 # dpkg's own placeholders
    dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p'
  )
  for name in "$@"; do
    [[ -n ${installed[$name]:-} ]] || missing+=("$name")
  done
  echo "${missing[*]}"
}

# require_rights PACKAGE…: ends with the command that an administrator runs, where there is no way to root's rights.
require_rights() {
  local sudo=''
  ! command -v sudo >/dev/null || sudo='sudo '
  as_root true || die need_rights "$*" "$sudo" "$sudo" "$*"
}

# apt_install PACKAGE…: after require_rights.
apt_install() {
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@")
  # A fresh machine has no package lists yet, and old ones name files that are gone: hence the update.
  if ! { as_root apt-get update -q && as_root "${install[@]}"; } >&2; then
    die install_failed
  fi
}

# quiet_servers COMMAND…: runs it while no package may start a service or make a database of its own: tests start the
# servers that they need, and somebody's machine is to stay as it was.
quiet_servers() {
  local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf status=0 ours=
  if [[ ! -e $cluster ]]; then
    as_root mkdir -p "$(dirname "$cluster")"
    echo 'create_main_cluster = false' | as_root tee "$cluster" >/dev/null
  fi
  if [[ ! -e $policy ]]; then
    ours=1
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  "$@" || status=$?
  [[ -z $ours ]] || as_root rm -f "$policy"
  return "$status"
}

# install_native_packages SET: on Debian 13, whatever of the set is missing.
install_native_packages() {
  local packages missing lists
  read -ra lists <<<"$(lists_of "$1")"
  mapfile -t packages < <(package_list "${lists[@]}")
  missing=$(missing_packages "${packages[@]}")
  [[ -n $missing ]] || return 0
  read -ra packages <<<"$missing"
  require_rights "${packages[@]}"
  say installing "${#packages[@]}"
  quiet_servers apt_install "${packages[@]}" || exit 1
}
