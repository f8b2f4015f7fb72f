# shellcheck shell=bash
# `./memoryverse help`, in both languages.

show_help() {
  if [[ $MV_LANGUAGE == ru ]]; then
    cat <<'TEXT'
MemoryVerse — дом для воспоминаний семьи на вашем компьютере.

  ./memoryverse up       собрать, если нужно, и запустить; остановка — Ctrl-C
      --data ПАПКА         где лежат данные (обычно ~/.local/share/memoryverse)
      --listen АДРЕС       на каком адресе отвечать (127.0.0.1)
      --web-port 3000  --api-port 4000  --realtime-port 4001  --ml-port 5000
                           порты; 0 — любой свободный
  ./memoryverse test     все тесты, или одна часть: tools lint core backend
                         postgres redis s3 broker topology frontend
                         corpus crash e2e
  ./memoryverse dev      для разработки: клиент обновляется сам, сервер
                         пересобирается и перезапускается; параметры как у up
  ./memoryverse lint     проверить стиль и правила      format   оформить код
  ./memoryverse build    только собрать                 bench    измерить
  ./memoryverse shell    оболочка с компилятором и всем остальным (-c КОМАНДА)
  ./memoryverse migrate  переезд: скопировать всё из одной базы и хранилища в другие
      --from ОТКУДА --to КУДА   папка данных, или адрес базы и адрес хранилища
  ./memoryverse images   образы контейнеров, без Docker   [ПАПКА]
  ./memoryverse doctor   проверить компьютер и объяснить, чего не хватает
  ./memoryverse clean    удалить собранное; --all — и окружение с кэшем

Настройки задаются переменными MEMORYVERSE_…; они описаны в docs/guides/ru.
TEXT
  else
    cat <<'TEXT'
MemoryVerse: a home for a family's memories, on your own computer.

  ./memoryverse up       build what changed and start; Ctrl-C ends it in order
      --data DIR           where the data lie (else ~/.local/share/memoryverse)
      --listen ADDRESS     address to answer on (127.0.0.1)
      --web-port 3000  --api-port 4000  --realtime-port 4001  --ml-port 5000
                           ports; 0 means any free one
  ./memoryverse test     every test, or one part: tools lint core backend
                         postgres redis s3 broker topology frontend
                         corpus crash e2e
  ./memoryverse dev      for developers: the client reloads by itself, the server
                         is rebuilt and restarted; takes the options of up
  ./memoryverse lint     check style and rules          format   format the code
  ./memoryverse build    only build                     bench    measure
  ./memoryverse shell    a shell with the compiler and all else (-c COMMAND)
  ./memoryverse migrate  move house: copy all from one database and store to others
      --from SIDE --to SIDE   a data folder, or the URLs of a database and a store
  ./memoryverse images   container images, without Docker  [FOLDER]
  ./memoryverse doctor   check this computer and say in words what is missing
  ./memoryverse clean    remove what was built; --all also userland and cache

Settings are environment variables MEMORYVERSE_…, described in docs/guides/en.
TEXT
  fi
}
