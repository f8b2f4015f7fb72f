# shellcheck shell=bash
# `dev` and `shell`: what a developer has open all day.

# enable_hooks: git runs tools/hooks before each commit.
enable_hooks() {
  [[ ! -e .git || $(git config core.hooksPath || true) == tools/hooks ]] || git config core.hooksPath tools/hooks || true
}

command_shell() {
  if (($# > 0)); then
    exec bash "$@"
  fi
  enable_hooks
  # The prompt is for the shell that starts, not for this one.
  # shellcheck disable=SC2016
  PS1='memoryverse:\w\$ ' exec bash --norc -i
}

# command_dev OPTION…: Vite serves the client with hot reload on the web port; the server runs beside it on the others,
# from the dev preset, and is built and started again when its source changes.
command_dev() {
  local option listen=127.0.0.1 web_port=3000 api_port=4000 realtime_port=4001 server_options=()
  while (($# > 0)); do
    option=$1
    case $option in
      --web-port) web_port=$2 ;;
      --listen) listen=$2 ;;
      --api-port) api_port=$2 ;;
      --realtime-port) realtime_port=$2 ;;
    esac
    [[ $option == --web-port ]] || server_options+=("$option" "$2")
    shift 2
  done
  enable_hooks
  install_npm_packages
  build_server dev "${SERVER_TARGETS[@]}"
  DEV_SERVER='' DEV_CLIENT=''
  trap stop_dev EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_dev_server "${server_options[@]}"
  (
    cd frontend
    exec env "MEMORYVERSE_API=http://$listen:$api_port" "MEMORYVERSE_REALTIME=ws://$listen:$realtime_port" \
      ../node_modules/.bin/vite --host "$listen" --port "$web_port" --strictPort --clearScreen false
  ) &
  DEV_CLIENT=$!
  say dev_ready "http://$listen:$web_port"
  watch_sources "${server_options[@]}"
}

start_dev_server() {
  build/dev/backend/memoryverse-server --roles api,realtime,worker --docs-root node_modules/swagger-ui-dist "$@" &
  DEV_SERVER=$!
}

# watch_sources: every second, is a source newer than the last build? Ends when the client's server does.
watch_sources() {
  local started status
  touch build/dev.watch
  while kill -0 "$DEV_CLIENT" 2>/dev/null; do
    sleep 1
    if [[ -n $DEV_SERVER ]] && ! kill -0 "$DEV_SERVER" 2>/dev/null; then
      status=0
      wait "$DEV_SERVER" || status=$?
      DEV_SERVER=''
      say dev_exit "$status"
    fi
    [[ -n $(find core backend tools/cmake CMakeLists.txt -newer build/dev.watch -type f -print -quit) ]] || continue
    touch build/dev.watch
    started=$SECONDS
    # In a process of its own, since a build that fails ends it.
    (build_server dev "${SERVER_TARGETS[@]}") && status=0 || status=$?
    if ((status != 0)); then
      say dev_failed_build
      continue
    fi
    say dev_restart "$(duration $((SECONDS - started)))"
    if [[ -n $DEV_SERVER ]]; then
      kill "$DEV_SERVER" 2>/dev/null || true
      wait "$DEV_SERVER" 2>/dev/null || true
    fi
    start_dev_server "$@"
  done
}

stop_dev() {
  local program
  for program in $DEV_SERVER $DEV_CLIENT; do
    kill "$program" 2>/dev/null || true
    wait "$program" 2>/dev/null || true
  done
}
