#!/usr/bin/env bash
# The S3 gateway that the compose file for production starts, as a plain process.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
if ! command -v radosgw >/dev/null; then
  echo 'skip the S3 gateway of the compose file: there is no radosgw'
  exit
fi

# free_port: one that nobody listens on now.
free_port() {
  local port
  while port=$((20000 + RANDOM)); (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}
port=$(free_port)
chmod 711 "$MV_CACHE" # the processes of nginx are another user's
mkdir -m 755 "$MV_CACHE/rgw"
RGW_FOLDER=$MV_CACHE/rgw RGW_LISTEN=127.0.0.1:$port RGW_INSIDE_PORT=$(free_port) S3_ACCESS_KEY=a-key S3_SECRET_KEY=a-secret \
  sh infrastructure/docker/rgw-start >"$MV_CACHE/rgw.log" 2>&1 &
gateway=$!
trap 'kill "$gateway" 2>/dev/null; wait "$gateway"; rm -rf "$MV_CACHE"; exit "$FAILURES"' EXIT

# s3 PATH ARGUMENT…: one signed request.
s3() {
  local path=$1
  shift
  curl --silent --fail --noproxy '*' --max-time 30 --user a-key:a-secret --aws-sigv4 aws:amz:default:s3 "$@" "http://127.0.0.1:$port/$path"
}
bucket_comes() {
  for _ in {1..600}; do
    ! s3 memories >/dev/null || return 0
    kill -0 "$gateway" 2>/dev/null || break
    pause 0.1
  done
  cat "$MV_CACHE/rgw.log"
  return 1
}
check "its user and bucket are made at the first start" bucket_comes

head -c 9000000 /dev/urandom >"$MV_CACHE/whole"
s3 memories/object --upload-file "$MV_CACHE/whole"
check "a range across the pieces of an object has the right bytes" \
  cmp <(s3 memories/object --range 8388000-8389999) <(tail -c +8388001 "$MV_CACHE/whole" | head -c 2000)
check "who has no key gets nothing" equals 403 \
  "$(curl --silent --noproxy '*' --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/memories/object")"

ends_in_order() {
  kill "$gateway"
  wait "$gateway"
  ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
check "it ends when it is told to" ends_in_order
