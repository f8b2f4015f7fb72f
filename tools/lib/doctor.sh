# shellcheck shell=bash
# `doctor`: looks at this computer and says in plain words what would keep MemoryVerse from running. It changes nothing.

DOCTOR_PROBLEMS=0

# both ENGLISH RUSSIAN: the doctor's own words stand beside what they speak of, which reads better than a table.
both() { if [[ $MV_LANGUAGE == ru ]]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }

fine() { printf '  ✓ %s\n' "$1"; }
note() { printf '  · %s\n' "$1"; }
problem() {
  printf '  ✗ %s\n    → %s\n' "$1" "$2"
  DOCTOR_PROBLEMS=$((DOCTOR_PROBLEMS + 1))
}

command_doctor() {
  (($# == 0)) || die unknown_option "$1"
  both $'This computer\n' $'Компьютер\n'
  doctor_system
  doctor_resources
  doctor_clock
  both $'\nThe userland to build and run in\n' $'\nОкружение для сборки и работы\n'
  if is_debian_13; then doctor_native; else doctor_roots; fi
  doctor_network
  both $'\nRunning\n' $'\nРабота\n'
  doctor_ports
  doctor_data
  echo
  if ((DOCTOR_PROBLEMS == 0)); then
    both $'All is well. `./memoryverse up` starts MemoryVerse.\n' $'Всё в порядке. `./memoryverse up` запустит MemoryVerse.\n'
  else
    both "To mend: $DOCTOR_PROBLEMS; the arrows above say how."$'\n' "Нужно исправить: $DOCTOR_PROBLEMS; как — сказано у стрелок."$'\n'
    return 1
  fi
}

doctor_system() {
  local name
  name=$(os_release PRETTY_NAME)
  if is_debian_13; then
    fine "$name: $(both 'runs natively' 'работает напрямую')"
  elif command -v apt-get >/dev/null; then
    fine "$name: $(both 'runs in a Debian 13 userland of its own' 'работает в собственном окружении Debian 13')"
  else
    note "${name:-$(uname -s)}: $(both 'not Debian or Ubuntu; needs mmdebstrap and bubblewrap from your distribution' 'не Debian и не Ubuntu; нужны mmdebstrap и bubblewrap из вашей системы')"
  fi
  case $(uname -m) in
    x86_64 | aarch64) fine "$(both 'Processor' 'Процессор'): $(uname -m), $(both "$(nproc) cores" "ядер: $(nproc)")" ;;
    *) problem "$(both 'Processor' 'Процессор'): $(uname -m)" "$(both 'MemoryVerse is made for amd64 and arm64.' 'MemoryVerse рассчитан на amd64 и arm64.')" ;;
  esac
}

doctor_resources() {
  local memory free
  memory=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
  if ((memory >= 1800)); then
    fine "$(both 'Memory' 'Память'): $memory MB"
  else
    problem "$(both 'Memory' 'Память'): $memory MB" "$(both 'Building needs about 2 GB. Add swap, or build on a larger machine.' 'Для сборки нужно около 2 ГБ. Добавьте подкачку или соберите на машине побольше.')"
  fi
  free=$(free_gb "$MV_CACHE")
  if is_debian_13 || root_complete "$(root_key run)" || root_complete "$(root_key test)" || ((free >= 4)); then
    fine "$(both 'Disk' 'Диск'): $free GB $(both 'free for the cache' 'свободно для кэша') ($MV_CACHE)"
  else
    problem "$(both 'Disk' 'Диск'): $free GB $(both 'free for the cache' 'свободно для кэша') ($MV_CACHE)" \
      "$(both 'The first start needs 4 GB. Free some, or set XDG_CACHE_HOME to a folder on a larger disk.' 'Для первого запуска нужно 4 ГБ. Освободите место или укажите в XDG_CACHE_HOME папку на большем диске.')"
  fi
  if ! is_root && ! is_debian_13 && ! root_complete "$(root_key run)" && (($(free_gb "$ROOT_WORKSHOP") < $(root_size run))); then
    problem "$(both 'Disk' 'Диск'): $ROOT_WORKSHOP" "$(text no_space_workshop "$ROOT_WORKSHOP" "$(free_gb "$ROOT_WORKSHOP")" "$(root_size run)")"
  fi
}

doctor_clock() {
  # Nothing can have been changed after now.
  local newest
  newest=$(stat -c %Y "$MV_SELF")
  if (($(date +%s) + 86400 >= newest)); then
    fine "$(both 'Clock' 'Часы'): $(date -u '+%Y-%m-%d %H:%M UTC')"
  else
    problem "$(both 'Clock' 'Часы'): $(date -u '+%Y-%m-%d %H:%M UTC')" \
      "$(both 'That lies before this program was made. Set the clock: certificates and package servers depend on it.' 'Это раньше, чем создана эта программа. Поправьте часы: от них зависят сертификаты и серверы пакетов.')"
  fi
}

doctor_native() {
  local packages missing
  mapfile -t packages < <(package_list run)
  missing=$(missing_packages "${packages[@]}")
  if [[ -z $missing ]]; then
    fine "$(both 'All packages are installed' 'Все пакеты установлены')"
  elif is_root || sudo -n true 2>/dev/null; then
    note "$(both 'The next command installs these packages' 'Следующая команда установит пакеты'): $missing"
  else
    problem "$(both 'Packages are missing' 'Не хватает пакетов'): $missing" "sudo apt-get install --no-install-recommends $missing"
  fi
}

doctor_roots() {
  local set key ready='' tools=()
  for set in run test; do
    key=$(root_key "$set")
    if root_complete "$key"; then
      ready=1
      fine "$(both 'Userland' 'Окружение') ($set): $(both 'ready' 'готово'), $ROOTS/$key"
    fi
  done
  [[ -n $ready ]] || note "$(both 'Not made yet; the first command makes it in about 2 minutes' 'Ещё не создано; первая команда создаст его примерно за 2 минуты')"
  if compgen -G "$ROOTS/*.tmp.*" >/dev/null; then
    note "$(both 'Being made, or left by an interrupted start; the next start clears that up' 'Создаётся или осталось от прерванного запуска; следующий запуск это уберёт'): $(compgen -G "$ROOTS/*.tmp.*" | paste -sd' ')"
  fi
  command -v bwrap >/dev/null || tools+=(bubblewrap)
  command -v mmdebstrap >/dev/null || tools+=(mmdebstrap)
  is_root || command -v newuidmap >/dev/null || tools+=(uidmap)
  if ((${#tools[@]} == 0)); then
    fine "$(both 'Tools' 'Инструменты'): $(bwrap --version), $(mmdebstrap --version)"
  elif is_root; then
    note "$(both 'The next command installs' 'Следующая команда установит'): ${tools[*]}"
  else
    problem "$(both 'Missing' 'Не хватает'): ${tools[*]}" "sudo apt-get install --no-install-recommends ${tools[*]}"
  fi
  # What is tried needs the tools.
  ((${#tools[@]} > 0)) || doctor_namespaces
}

doctor_namespaces() {
  local key
  key=$(namespace_problem)
  if [[ -z $key ]]; then
    fine "$(both 'Namespaces: may be made' 'Пространства имён: доступны')"
  else
    problem "$(both 'Namespaces: may not be made' 'Пространства имён: недоступны')" "$(namespace_help "$key")"
  fi
}

doctor_network() {
  local address
  address=$(host_mirrors | awk 'NR == 1 {print $2}')
  if [[ -z $address ]]; then
    note "$(both 'Package servers: the default ones of Debian' 'Серверы пакетов: обычные для Debian')"
  elif reaches "$address"; then
    fine "$(both 'Package servers answer' 'Серверы пакетов отвечают'): $address"
  else
    problem "$(both 'Package servers do not answer' 'Серверы пакетов не отвечают'): $address" "$(text why_network)"
  fi
}

# reaches ADDRESS: opens a connection to its host within 5 seconds, through nothing but bash. Behind a proxy it is apt
# that knows the way, so a proxy counts as an answer.
reaches() {
  local rest host port=80
  [[ -z ${http_proxy:-} ]] || return 0
  ! host_apt_options | grep -qi '::Proxy' || return 0
  [[ $1 != https:* ]] || port=443
  rest=${1#*://}
  host=${rest%%/*}
  if [[ $host == *:* ]]; then
    port=${host##*:}
    host=${host%:*}
  fi
  timeout 5 bash -c ": <>/dev/tcp/$host/$port" 2>/dev/null
}

doctor_ports() {
  local port busy=()
  for port in 3000 4000 4001; do
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then busy+=("$port"); fi
  done
  if ((${#busy[@]} == 0)); then
    fine "$(both 'Ports 3000, 4000 and 4001 are free' 'Порты 3000, 4000 и 4001 свободны')"
  else
    note "$(both 'Taken ports (by MemoryVerse itself, perhaps)' 'Заняты порты (возможно, самим MemoryVerse)'): ${busy[*]}. $(both 'Others: up --web-port 0 --api-port 0 --realtime-port 0' 'Другие: up --web-port 0 --api-port 0 --realtime-port 0')"
  fi
}

doctor_data() {
  local folder=${MEMORYVERSE_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/memoryverse} parent
  parent=$folder
  while [[ ! -d $parent ]]; do parent=$(dirname "$parent"); done
  if [[ -w $parent ]]; then
    fine "$(both 'Data' 'Данные'): $folder, $(free_gb "$folder") GB $(both 'free' 'свободно')"
  else
    problem "$(both 'Data' 'Данные'): $folder" "$(text no_data_folder "$folder")"
  fi
}
