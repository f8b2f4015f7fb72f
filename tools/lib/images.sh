# shellcheck shell=bash
# `images`: the container images of infrastructure/docker, built without a daemon.

# command_images [FOLDER]: leaves memoryverse.tar and memoryverse-rgw.tar, which `docker load` and `podman load` read, in
# FOLDER (build/images). They stand on a Debian made here from Debian's packages, so that no registry is asked.
command_images() {
  local folder=${1:-build/images} store=build/containers started=$SECONDS limits secrets commit image
  local base=docker.io/library/debian:trixie-slim
  mkdir -p "$folder" "$store/tmp"
  # A build may not ask for more files and processes than its maker has.
  limits=(--ulimit "nofile=$(ulimit -Hn):$(ulimit -Hn)" --ulimit "nproc=$(ulimit -Hu):$(ulimit -Hu)")
  # What the compiler and npm may use again lies there too, and /tmp of the userland is memory.
  export BUILDAH_ISOLATION=chroot TMPDIR=$MV_ROOT/$store/tmp
  build() { buildah --root "$MV_ROOT/$store/root" --runroot "$MV_ROOT/$store/run" "$@"; }

  if ! build images --quiet "$base" >/dev/null 2>&1; then
    say image_base
    mmdebstrap --mode=root --variant=minbase --skip=check/empty --quiet --aptopt='APT::Install-Recommends "false"' \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
      trixie "$store/base.tar"
    image=$(build from scratch)
    build add --quiet "$image" "$store/base.tar" / >/dev/null
    build commit --quiet --rm "$image" "$base" >/dev/null
    rm "$store/base.tar"
  fi
  # The host decides which certificates and which npm registry are to be trusted.
  secrets=(--secret "id=certificates,src=/etc/ssl/certs/ca-certificates.crt")
  [[ ! -f $HOME/.npmrc ]] || secrets+=(--secret "id=npmrc,src=$HOME/.npmrc")
  commit=$(git rev-parse --short=12 HEAD 2>/dev/null || true)
  say image_build
  build bud --format docker --pull-never --layers "${limits[@]}" "${secrets[@]}" --build-arg "MEMORYVERSE_COMMIT=$commit" \
    --tag memoryverse --file infrastructure/docker/Dockerfile .
  build bud --format docker --pull-never --layers "${limits[@]}" --tag memoryverse-rgw --file infrastructure/docker/rgw.Dockerfile \
    infrastructure/docker
  for image in memoryverse memoryverse-rgw; do
    rm -f "$folder/$image.tar"
    build push --quiet "localhost/$image" "docker-archive:$folder/$image.tar:$image:latest"
  done
  build images
  say image_done "$folder" "$(duration $((SECONDS - started)))"
}
