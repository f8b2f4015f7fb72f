# shellcheck shell=bash
# `up` and `build`.

# normalise_up_options OPTION…: sets UP_OPTIONS with the data folder made absolute, since inside the userland a path must
# mean the same, and lists the folders that the userland needs to see.
normalise_up_options() {
  local data='' location
  UP_OPTIONS=()
  while (($# > 0)); do
    case $1 in
      --data | --listen | --web-port | --api-port | --realtime-port | --ml-port)
        [[ $# -ge 2 && -n $2 ]] || die needs_value "$1"
        if [[ $1 == --data ]]; then data=$2; else UP_OPTIONS+=("$1" "$2"); fi
        shift 2
        ;;
      --data=*)
        data=${1#*=}
        [[ -n $data ]] || die needs_value --data
        shift
        ;;
      --listen=* | --web-port=* | --api-port=* | --realtime-port=* | --ml-port=*)
        [[ -n ${1#*=} ]] || die needs_value "${1%%=*}"
        UP_OPTIONS+=("${1%%=*}" "${1#*=}")
        shift
        ;;
      *) die unknown_option "$1" ;;
    esac
  done
  data=$(make_folder "${data:-${MEMORYVERSE_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/memoryverse}}")
  UP_OPTIONS+=(--data "$data")
  WRITABLE_FOLDERS=("$data")
  # A database or a store may lie elsewhere by setting.
  case ${MEMORYVERSE_DATABASE_URL:-} in
    sqlite:*)
      location=$(make_folder "$(dirname "${MEMORYVERSE_DATABASE_URL#sqlite:}")")
      WRITABLE_FOLDERS+=("$location")
      ;;
  esac
  case ${MEMORYVERSE_STORAGE_URL:-} in
    file:*)
      location=${MEMORYVERSE_STORAGE_URL#file:}
      location=$(make_folder "${location#//}")
      WRITABLE_FOLDERS+=("$location")
      ;;
  esac
}

# make_folder DIR: makes it, for its owner's eyes only when it is new, and prints its absolute path.
make_folder() {
  { (umask 077 && mkdir -p "$1") && [[ -w $1 ]]; } 2>/dev/null || die no_data_folder "$1"
  (cd "$1" && pwd -P)
}

command_build() {
  (($# == 0)) || die unknown_option "$1"
  build_product release
}

# announce_first_up: before anything is made, what will be, and about how long all of it takes.
announce_first_up() {
  local minutes packages
  if in_userland || [[ -e $MV_ROOT/build/release/backend/memoryverse-server ]]; then return 0; fi
  minutes=$(server_minutes)
  if is_debian_13; then
    mapfile -t packages < <(package_list run)
    [[ -z $(missing_packages "${packages[@]}") ]] || minutes=$((minutes + $(root_minutes run)))
  elif ! root_complete "$(root_key run)" && ! root_complete "$(root_key test)"; then
    minutes=$((minutes + $(root_minutes run)))
  fi
  say first_up "$minutes" "$(parallel_jobs)"
}

command_up() {
  build_product release
  say starting
  exec build/release/backend/memoryverse-server --roles web,api,realtime,worker --web-root frontend/dist \
    --docs-root node_modules/swagger-ui-dist "$@"
}
