# shellcheck shell=bash
# `clean`.

# command_clean [--all]: removes what was built here and userlands that no present package list asks for; with --all the
# whole cache. What a running command uses stays, and people's data are never touched.
command_clean() {
  local all='' found=''
  case ${1:-} in
    '') ;;
    --all) all=1 ;;
    *) die unknown_option "$1" ;;
  esac
  local folder
  for folder in "$MV_ROOT/build" "$MV_ROOT/frontend/dist" "$MV_ROOT/node_modules" "$MV_ROOT/frontend/node_modules"; do
    remove_folder "$folder" && found=1
  done
  clean_roots "$all" && found=1
  if [[ -n $all ]]; then
    for folder in ccache npm tidy; do
      remove_folder "$MV_CACHE/$folder" && found=1
    done
  fi
  [[ -n $found ]] || say clean_nothing
  folder=${MEMORYVERSE_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/memoryverse}
  [[ ! -d $folder ]] || say clean_kept_data "$folder"
}

# remove_folder DIR: says what it removed; fails when there was nothing.
remove_folder() {
  local size
  [[ -d $1 ]] || return 1
  size=$(du -shx "$1" 2>/dev/null | cut -f1)
  rm -rf --one-file-system "$1"
  say clean_removed "$1" "$size"
}

# clean_roots ALL: fails when there was nothing to remove.
clean_roots() {
  local all=$1 lock key tree found=1
  for lock in "$ROOTS"/*.lock; do
    [[ -e $lock ]] || continue
    key=$(basename "$lock" .lock)
    if [[ -z $all && ($key == "$(root_key run)" || $key == "$(root_key test)") ]]; then continue; fi
    exec {ROOT_LOCK}>"$lock"
    if flock --exclusive --nonblock "$ROOT_LOCK"; then
      for tree in "$ROOTS/$key" "$ROOTS/$key".tmp.*; do
        remove_folder "$tree" && found=0
      done
      rm -f "$lock" "$ROOTS/$key.log"
    else
      say clean_busy "$ROOTS/$key"
    fi
    exec {ROOT_LOCK}>&-
  done
  return "$found"
}
