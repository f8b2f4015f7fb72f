#!/usr/bin/env bash
# The container files name only what there is. Nothing is built here.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"
for piece in messages packages; do
  # shellcheck source=/dev/null
  source "tools/lib/$piece.sh"
done

docker=infrastructure/docker
compose=("$docker"/compose.*.yaml)

check "the compose files give settings that the server has" within "$(settings_of "${compose[@]}")" "$(setting_names)"
check "so does the image" within "$(settings_of "$docker/Dockerfile" | grep -vx MEMORYVERSE_COMMIT)" "$(setting_names)"
# shellcheck disable=SC2016 # the variables are the compose file's
check "what the compose files ask of the environment is in its example" within \
  "$(grep -ohE '\$\{[A-Z0-9_]+(\}|:\?)' "${compose[@]}" | tr -dc 'A-Z0-9_\n')" \
  "$(grep -oE '^[A-Z0-9_]+' "$docker/.env.example")"
check "the compose files run images that are made here, or name their registry" within \
  "$(grep -ohE '^ *image: [^/]+$' "${compose[@]}" | awk '{print $2}')" \
  "$(grep -oE -- '--tag [a-z-]+' tools/lib/images.sh | awk '{print $2}')"
check "what they mount is there" within \
  "$(cd "$docker" && grep -ohE "'\.[^:']*:" compose.*.yaml | tr -d "':" | xargs realpath)" \
  "$(find "$MV_ROOT/infrastructure" -type f)"
# shellcheck disable=SC2016 # the variables are the template's
check "the gateway is given what its configuration asks for" within \
  "$(grep -oE '\$\{[A-Z_]+' infrastructure/gateway/nginx.conf.template | tr -d '${')" \
  "$(grep -oE '^ *[A-Z_]+:' "$docker/compose.production.yaml" | tr -d ' :')"

# packages_by_name FILE: those that it installs by name instead of from a list.
packages_by_name() {
  grep -h 'apt-get install' "$1" | sed -e 's/.*--no-install-recommends//' -e 's/\\$//' | xargs -n1
}
check "the server's image is made of the one list of packages" grep -q '^COPY tools/packages/run.txt ' "$docker/Dockerfile"
check "and of no package beside it" equals '' "$(packages_by_name "$docker/Dockerfile")"
# Each file that is copied from the checkout is there.
copied() { sed -n 's/^COPY \([^-].*\) [^ ]*$/\1/p' "$1" | xargs -n1; }
check "what goes into the image is there" within "$(copied "$docker/Dockerfile")" "$(copied "$docker/Dockerfile" | xargs ls -d 2>/dev/null)"
targets=$(grep -oE -- '--target [a-z -]+' "$docker/Dockerfile" | sed 's/--target //' | xargs -n1)
check "the image holds the programs that it builds" equals \
  "$(sort <<<"$targets")" "$(sed -n 's/^programs=(\(.*\))/\1/p' "$docker/gather" | xargs -n1 | sort)"
runs_as_a_user() { [[ $(grep -E '^USER ' "$1" | tail -n 1) =~ ^USER\ [1-9][0-9]+:[1-9][0-9]+$ ]]; }
check "the server's image does not run as root" runs_as_a_user "$docker/Dockerfile"
check "nor does the S3 gateway's" runs_as_a_user "$docker/rgw.Dockerfile"
