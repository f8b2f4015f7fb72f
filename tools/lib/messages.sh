# shellcheck shell=bash
# What the entry command says, in English and Russian, and how it says it.
# shellcheck disable=SC2016 # backquotes in the texts mark a command, as in any prose

declare -A MESSAGES_EN=(
  [unknown_command]='There is no command “%s”. `./memoryverse help` lists them.'
  [unknown_option]='“%s” is not an option of this command. `./memoryverse help` lists them.'
  [needs_value]='“%s” needs a value.'
  [unknown_part]='There is no test part “%s”. The parts are: %s.'
  [no_bench]='This checkout has no benchmarks (bench/run).'
  [first_up]='First start: everything is prepared and built here, which takes about %s minutes where %s cores are free (less where parts of it are there already). The next start takes seconds.'
  [making_root]='Making the Debian 13 userland (once, about %s minutes; it needs %s GB in %s).'
  [root_wait]='Another memoryverse command is making the userland. Waiting for it.'
  [root_progress]='userland: %s, %s so far'
  [phase_start]='starting'
  [phase_download]='downloading packages'
  [phase_unpack]='unpacking packages, %s of about %s'
  [phase_configure]='setting packages up, %s of about %s'
  [phase_copy]='putting it in place'
  [root_done]='The userland is ready.'
  [root_failed]='Making the userland failed. The last lines of %s:'
  [why_network]='The package servers cannot be reached. Check the network (and the proxy, if you use one), then run the same command again.'
  [why_space]='The disk is full. Free about %s GB in %s, then run the same command again.'
  [why_userns]='This system does not let ordinary users make user namespaces. Run the command as root, or ask the administrator to allow them (sysctl kernel.unprivileged_userns_clone=1, or on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0).'
  [why_subuid]='Your user has no subordinate ids. As root, run: usermod --add-subuids %s --add-subgids %s %s'
  [why_newuidmap]='This system does not let newuidmap give you your subordinate ids, as in a container with no-new-privileges. Run the command as root, or outside.'
  [why_container]='This system does not let even root make namespaces, as in most containers. Run the command outside of it, or build a container: docker compose -f infrastructure/docker/compose.development.yaml up --build'
  [why_clock]='The clock of this machine may be wrong: the package servers sign with a date. Set the clock, then run the same command again.'
  [why_other]='`./memoryverse doctor` may tell more. Running the same command again starts afresh.'
  [no_space]='Too little room in %s: %s GB free, %s GB needed. Free some, or set XDG_CACHE_HOME to a folder on a larger disk.'
  [no_space_workshop]='Too little room in %s, where the userland is put together before it moves to your cache: %s GB free, %s GB needed. Free some, then run the same command again.'
  [host_tools]='Installing what is needed to make the userland: %s.'
  [need_rights]='Packages are missing: %s. They need root to install. Run this, then the same command again:\n  %sapt-get update && %sapt-get install --no-install-recommends %s'
  [need_host_tools_other]='This is neither Debian nor Ubuntu. Install mmdebstrap and bubblewrap (0.5 or newer) from your distribution, then run the same command again.'
  [old_bwrap]='bubblewrap here is %s; 0.5 or newer is needed. Debian 12, Ubuntu 22.04 and newer have it.'
  [installing]='Installing %s Debian packages that are missing (a few minutes the first time).'
  [install_failed]='Installing packages failed; apt said why above.'
  [npm_install]='Installing the npm packages of the web client (about a minute).'
  [npm_failed]='npm could not install its packages. %s'
  [build_server]='Building the server (the first time about %s minutes with %s cores).'
  [build_web]='Building the web client (about half a minute).'
  [build_failed]='The build failed; the compiler said why above.'
  [built]='Built in %s.'
  [starting]='Starting. Ctrl-C ends it in order.'
  [no_data_folder]='The data folder %s cannot be made or written. Choose another one with --data.'
  [dev_ready]='The web client reloads by itself at %s; the server is rebuilt and started again when its source changes.'
  [dev_failed_build]='The build failed: the server that runs stays until the next change.'
  [dev_restart]='Rebuilt in %s; the server starts again.'
  [dev_exit]='The server ended with code %s. It starts again at the next change.'
  [images_need_root]='Images hold files of several users, which only root can make. Run the command as root, or build with Docker: docs/guides/en/replicas.md.'
  [image_base]='Making the base image from Debian packages (half a minute).'
  [image_build]='Building the images (the first time about 10 minutes with two cores).'
  [image_done]='The images lie in %s, made in %s. `docker load -i FILE` reads one.'
  [clean_nothing]='There is nothing to remove.'
  [clean_removed]='Removed %s (%s).'
  [clean_busy]='%s is in use by a running command and stays.'
  [clean_kept_data]='Your memories in %s were not touched.'
)

declare -A MESSAGES_RU=(
  [unknown_command]='Команды «%s» нет. Список: `./memoryverse help`.'
  [unknown_option]='У этой команды нет параметра «%s». Список: `./memoryverse help`.'
  [needs_value]='Параметру «%s» нужно значение.'
  [unknown_part]='Части тестов «%s» нет. Есть: %s.'
  [no_bench]='В этой копии нет измерений (bench/run).'
  [first_up]='Первый запуск: всё готовится и собирается здесь, около %s минут, если свободны ядра (%s); меньше, если часть уже есть. Следующий запуск — секунды.'
  [making_root]='Готовится окружение Debian 13 (один раз, около %s минут; нужно %s ГБ в %s).'
  [root_wait]='Окружение уже готовит другая команда memoryverse. Ждём её.'
  [root_progress]='окружение: %s, прошло %s'
  [phase_start]='начало'
  [phase_download]='загрузка пакетов'
  [phase_unpack]='распаковка пакетов, %s примерно из %s'
  [phase_configure]='настройка пакетов, %s примерно из %s'
  [phase_copy]='размещение'
  [root_done]='Окружение готово.'
  [root_failed]='Окружение создать не удалось. Последние строки %s:'
  [why_network]='Серверы пакетов недоступны. Проверьте сеть (и прокси, если он есть) и повторите команду.'
  [why_space]='Диск заполнен. Освободите около %s ГБ в %s и повторите команду.'
  [why_userns]='Система не даёт обычным пользователям создавать пространства имён. Запустите команду от root или попросите администратора их разрешить (sysctl kernel.unprivileged_userns_clone=1, в Ubuntu kernel.apparmor_restrict_unprivileged_userns=0).'
  [why_subuid]='У вашего пользователя нет дополнительных идентификаторов. От root выполните: usermod --add-subuids %s --add-subgids %s %s'
  [why_newuidmap]='Система не даёт newuidmap выдать вам дополнительные идентификаторы, как в контейнере с no-new-privileges. Запустите команду от root или вне контейнера.'
  [why_container]='Система даже root не даёт создавать пространства имён, как в большинстве контейнеров. Запустите команду снаружи или соберите контейнер: docker compose -f infrastructure/docker/compose.development.yaml up --build'
  [why_clock]='Похоже, часы компьютера идут неверно: серверы подписывают пакеты с датой. Поправьте часы и повторите команду.'
  [why_other]='Подробнее может рассказать `./memoryverse doctor`. Та же команда начнёт заново.'
  [no_space]='Мало места в %s: свободно %s ГБ, нужно %s ГБ. Освободите место или укажите в XDG_CACHE_HOME папку на большем диске.'
  [no_space_workshop]='Мало места в %s, где окружение собирается перед переносом в кэш: свободно %s ГБ, нужно %s ГБ. Освободите место и повторите команду.'
  [host_tools]='Устанавливается нужное для окружения: %s.'
  [need_rights]='Не хватает пакетов: %s. Для установки нужен root. Выполните это и повторите команду:\n  %sapt-get update && %sapt-get install --no-install-recommends %s'
  [need_host_tools_other]='Это не Debian и не Ubuntu. Установите mmdebstrap и bubblewrap (0.5 или новее) средствами вашей системы и повторите команду.'
  [old_bwrap]='Здесь bubblewrap %s, а нужен 0.5 или новее. Он есть в Debian 12, Ubuntu 22.04 и новее.'
  [installing]='Устанавливаются недостающие пакеты Debian: %s (в первый раз несколько минут).'
  [install_failed]='Пакеты установить не удалось; причина выше, в сообщении apt.'
  [npm_install]='Устанавливаются пакеты npm для веб-клиента (около минуты).'
  [npm_failed]='npm не смог установить пакеты. %s'
  [build_server]='Собирается сервер (в первый раз около %s минут, ядер: %s).'
  [build_web]='Собирается веб-клиент (около полуминуты).'
  [build_failed]='Сборка не удалась; причина выше, в сообщении компилятора.'
  [built]='Собрано за %s.'
  [starting]='Запуск. Ctrl-C завершит работу как положено.'
  [no_data_folder]='Папку данных %s нельзя создать или записать в неё. Укажите другую: --data.'
  [dev_ready]='Веб-клиент обновляется сам: %s; сервер пересобирается и перезапускается при изменении исходников.'
  [dev_failed_build]='Сборка не удалась: прежний сервер работает до следующего изменения.'
  [dev_restart]='Пересобрано за %s; сервер запускается снова.'
  [dev_exit]='Сервер завершился с кодом %s. Он запустится при следующем изменении.'
  [images_need_root]='В образах лежат файлы разных пользователей, создать их может только root. Запустите команду от root или соберите образы Docker: docs/guides/ru/replicas.md.'
  [image_base]='Готовится основа образов из пакетов Debian (полминуты).'
  [image_build]='Собираются образы (в первый раз около 10 минут на двух ядрах).'
  [image_done]='Образы лежат в %s, готово за %s. Загрузить: `docker load -i ФАЙЛ`.'
  [clean_nothing]='Удалять нечего.'
  [clean_removed]='Удалено: %s (%s).'
  [clean_busy]='%s занято работающей командой и остаётся.'
  [clean_kept_data]='Ваши воспоминания в %s не тронуты.'
)

# Inside the userland the locale is C.UTF-8, so there the language comes with the environment.
if [[ -z ${MV_LANGUAGE:-} ]]; then
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    ru*) MV_LANGUAGE=ru ;;
    *) MV_LANGUAGE=en ;;
  esac
fi

# text KEY [VALUE…]: the message, with its values in place.
text() {
  local key=$1 format
  shift
  format=${MESSAGES_EN[$key]}
  [[ $MV_LANGUAGE != ru ]] || format=${MESSAGES_RU[$key]:-$format}
  # The format is ours, from the tables above.
  # shellcheck disable=SC2059
  printf "$format" "$@"
}

# Everything said goes to standard error: standard output belongs to the program that runs.
say() { printf '%s\n' "$(text "$@")" >&2; }

die() {
  say "$@"
  exit 1
}

# duration SECONDS: "48 s" or "2 min 5 s".
duration() {
  local seconds=$1
  if ((seconds < 60)); then
    printf '%d s' "$seconds"
  else
    printf '%d min %d s' $((seconds / 60)) $((seconds % 60))
  fi
}
