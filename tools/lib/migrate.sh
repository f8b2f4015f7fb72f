# shellcheck shell=bash
# `migrate`: moving house from one database and store to another.

# normalise_migrate_options OPTION…: sets MIGRATE_OPTIONS with folders made absolute, and lists those that the userland
# needs to see. Each side is a data folder, or the URLs of a database and a store.
normalise_migrate_options() {
  MIGRATE_OPTIONS=()
  WRITABLE_FOLDERS=()
  while (($# > 0)); do
    case $1 in
      --from | --to)
        MIGRATE_OPTIONS+=("$1")
        [[ $# -ge 2 && $2 != --* ]] || die needs_value "$1"
        ;;
      --*) die unknown_option "$1" ;;
      sqlite:*)
        MIGRATE_OPTIONS+=("sqlite:$(make_folder "$(dirname "${1#sqlite:}")")/$(basename "$1")")
        WRITABLE_FOLDERS+=("$(dirname "${MIGRATE_OPTIONS[-1]#sqlite:}")")
        ;;
      file:*)
        MIGRATE_OPTIONS+=("file:$(make_folder "${1#file:}")")
        WRITABLE_FOLDERS+=("${MIGRATE_OPTIONS[-1]#file:}")
        ;;
      *://*) MIGRATE_OPTIONS+=("$1") ;;
      *)
        MIGRATE_OPTIONS+=("$(make_folder "$1")")
        WRITABLE_FOLDERS+=("${MIGRATE_OPTIONS[-1]}")
        ;;
    esac
    shift
  done
}

command_migrate() {
  build_server release memoryverse-migrate
  exec build/release/backend/memoryverse-migrate "$@"
}
