#!/usr/bin/env bash
# The words and options of ./memoryverse.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
# shellcheck source=tools/lib/messages.sh
source tools/lib/messages.sh
# shellcheck source=tools/lib/up.sh
source tools/lib/up.sh

names_every_command() {
  local help word
  help=$(env MV_LANGUAGE="$1" ./memoryverse help)
  for word in up test dev lint format build shell doctor clean bench; do
    grep -qE "(memoryverse|   +) ?$word " <<<"$help" || { echo "# $word" && return 1; }
  done
}
check "help names every command in English" names_every_command en
check "help names every command in Russian" names_every_command ru
names_every_part() {
  local help part parts
  help=$(env MV_LANGUAGE="$1" ./memoryverse help | tr -s '[:space:]' ' ')
  read -ra parts < <(sed -n 's/^readonly TEST_PARTS=(\(.*\))/\1/p' tools/lib/test.sh)
  ((${#parts[@]} > 0)) || return 1
  for part in "${parts[@]}"; do
    [[ $help == *" $part "* ]] || { echo "# $part" && return 1; }
  done
}
check "help names every part of the tests in English" names_every_part en
check "help names every part of the tests in Russian" names_every_part ru
check "help speaks Russian where the locale does" says 'дом для воспоминаний' env -u MV_LANGUAGE LC_ALL=ru_RU.UTF-8 ./memoryverse help
check "no argument means help" says 'a home for a family' env MV_LANGUAGE=en ./memoryverse
check "an unknown command fails" fails ./memoryverse fly
check "an unknown command is named" says 'fly' ./memoryverse fly
check "an unknown test part fails before anything is installed" fails env -u MV_USERLAND PATH=/usr/bin:/bin ./memoryverse test nonsense
check "an unknown option of up fails" fails ./memoryverse up --colour blue
check "an option of up without its value fails" fails ./memoryverse up --data
check "an unknown option of clean fails before anything is removed" fails ./memoryverse clean --everything

same_keys() { diff <(printf '%s\n' "${!MESSAGES_EN[@]}" | sort) <(printf '%s\n' "${!MESSAGES_RU[@]}" | sort); }
check "every message exists in both languages" same_keys

same_values() {
  local key
  for key in "${!MESSAGES_EN[@]}"; do
    [[ $(grep -o '%s' <<<"${MESSAGES_EN[$key]}" | wc -l) == $(grep -o '%s' <<<"${MESSAGES_RU[$key]}" | wc -l) ]] || {
      echo "# $key" && return 1
    }
  done
}
check "a message has as many values in both languages" same_values

options_of() { (normalise_up_options "$@" && echo "${UP_OPTIONS[*]}"); }
check "a relative data folder becomes absolute" \
  equals "--web-port 0 --data $MV_CACHE/family" "$(cd "$MV_CACHE" && options_of --data family --web-port 0)"
check "an option may carry its value after an equals sign" \
  equals "--api-port 5 --data $MV_CACHE/b" "$(options_of --data="$MV_CACHE/b" --api-port=5)"
check "the data folder is for its owner alone" equals 700 "$(stat -c %a "$MV_CACHE/family")"
check "the data lie in the XDG data folder when nothing else is said" \
  equals "--data $MV_CACHE/xdg/memoryverse" "$(unset MEMORYVERSE_DATA && XDG_DATA_HOME=$MV_CACHE/xdg options_of)"
touch "$MV_CACHE/file"
check "a data folder that cannot be made is told" says "$MV_CACHE/file/x" options_of --data "$MV_CACHE/file/x"
check "durations read well" equals '59 s, 2 min 5 s' "$(duration 59), $(duration 125)"
