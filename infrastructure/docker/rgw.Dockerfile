# Ceph's S3 gateway on a local database instead of a cluster: for trying and for tests, not for a family's only copy.
ARG DEBIAN=docker.io/library/debian:trixie-slim
FROM ${DEBIAN}
RUN apt-get update --quiet \
  && DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends radosgw nginx-light curl \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
  && useradd --uid 10002 --user-group --home-dir /data --no-create-home rgw \
  && install --directory --owner=rgw --group=rgw --mode=0700 /data
COPY --chmod=0755 rgw-start /usr/local/bin/rgw-start
USER 10002:10002
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["rgw-start"]
