# shellcheck shell=bash
# `migrate`: moving house from one database and store to another.

# normalise_migrate_options OPTION…: sets MIGRATE_OPTIONS with folders made absolute, and lists those that the userland
# needs to see. Each side is a data folder, or the URLs of a database and a store.
normalise_migrate_options() {
  local side='' scheme place
  MIGRATE_OPTIONS=()
  WRITABLE_FOLDERS=()
  while (($# > 0)); do
    scheme=''
    case $1 in
      --from | --to)
        [[ $# -ge 2 && $2 != --* ]] || die needs_value "$1"
        side=$1
        MIGRATE_OPTIONS+=("$1")
        ;;
      --*) die unknown_option "$1" ;;
      *://*) MIGRATE_OPTIONS+=("$1") ;;
      *)
        [[ $1 != sqlite:* && $1 != file:* ]] || scheme=${1%%:*}:
        place=${1#"$scheme"}
        # What is not there is told by the program; only the new side is made.
        [[ $side == --from ]] || make_folder "$(if [[ $scheme == sqlite: ]]; then dirname "$place"; else echo "$place"; fi)" >/dev/null
        place=$(realpath -m "$place")
        MIGRATE_OPTIONS+=("$scheme$place")
        [[ $scheme != sqlite: ]] || place=$(dirname "$place")
        [[ ! -d $place ]] || WRITABLE_FOLDERS+=("$place")
        ;;
    esac
    shift
  done
}

command_migrate() {
  build_server release memoryverse-migrate
  exec build/release/backend/memoryverse-migrate "$@"
}
