# shellcheck shell=bash
# What the host must have and allow before a Debian 13 root file system can be made and entered: tools, namespaces, room.

# ensure_host_tools: mmdebstrap makes the tree, bwrap enters it, and an ordinary user's tree needs newuidmap.
ensure_host_tools() {
  local tools=()
  command -v mmdebstrap >/dev/null || tools+=(mmdebstrap)
  command -v bwrap >/dev/null || tools+=(bubblewrap)
  is_root || command -v newuidmap >/dev/null || tools+=(uidmap)
  # Ubuntu does not know Debian's signing keys by itself.
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || tools+=(debian-archive-keyring)
  if ((${#tools[@]} > 0)); then
    command -v apt-get >/dev/null || die need_host_tools_other
    require_rights "${tools[@]}"
    say host_tools "${tools[*]}"
    apt_install "${tools[@]}"
  fi
  local version problem
  version=$(bwrap --version | awk '{print $2}')
  [[ $(printf '%s\n' 0.5 "$version" | sort -V | head -n 1) == 0.5 ]] || die old_bwrap "$version"
  problem=$(namespace_problem)
  if [[ -n $problem ]]; then
    printf '%s\n' "$(namespace_help "$problem")" >&2
    exit 1
  fi
}

# namespace_problem: what keeps this user from making and entering a tree, as the key of a message; nothing when all is
# well. It tries the real thing, since kernels, security modules and containers refuse in many ways. Needs the host tools.
namespace_problem() {
  local entering=(bwrap --ro-bind / / --dev-bind /dev /dev --proc /proc --unshare-pid --unshare-ipc --unshare-uts)
  if is_root; then
    "${entering[@]}" true 2>/dev/null || echo why_container
  elif ! unshare --user --map-root-user --mount true 2>/dev/null; then
    echo why_userns
  elif ! has_subordinate_ids; then
    echo why_subuid
  elif ! mmdebstrap --unshare-helper true >/dev/null 2>&1; then
    echo why_newuidmap
  elif ! "${entering[@]}" --unshare-user --uid 1000 --gid 1000 true 2>/dev/null; then
    echo why_userns
  fi
}

# namespace_help KEY: the message of a problem that namespace_problem found.
namespace_help() {
  local ids
  ids=$(free_subordinate_ids /etc/subuid /etc/subgid)
  if [[ $1 == why_subuid ]]; then text why_subuid "$ids" "$ids" "$(id -un)"; else text "$1"; fi
}

# free_subordinate_ids FILE…: a range that nobody has in them, as FIRST-LAST.
free_subordinate_ids() {
  cat "$@" 2>/dev/null | awk -F: 'BEGIN { first = 100000 } $2 + $3 > first { first = $2 + $3 }
    END { print first "-" first + 65535 }'
}

# has_subordinate_ids: mmdebstrap reads them from these files alone.
has_subordinate_ids() {
  grep -qs "^\($(id -un)\|$(id -u)\):" /etc/subuid && grep -qs "^\($(id -un)\|$(id -u)\):" /etc/subgid
}

# free_gb DIR: of the file system that holds it, or that would.
free_gb() {
  local folder=$1
  while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
  echo $(($(df --output=avail -B1M "$folder" | tail -n 1) / 1024))
}

# require_space DIR GB [MESSAGE]: ends with a plain message when there is less.
require_space() {
  local free
  free=$(free_gb "$1")
  ((free >= $2)) || die "${3:-no_space}" "$1" "$free" "$2"
}
