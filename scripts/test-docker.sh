#!/bin/sh
# Build and run the generated containers on stand-in base images; arguments go to pytest. Where no
# Docker engine can be had, it says why and ends with 0.
set -eu
cd "$(dirname "$0")/.."

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi
}

missing=""
for tool in mmdebstrap docker skopeo; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
docker version >/dev/null 2>&1 || [ -x /usr/sbin/dockerd ] || missing="$missing dockerd"
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1 ||
    missing="$missing docker-compose"
if [ -n "$missing" ]; then
    printf 'test-docker: installing what is missing:%s\n' "$missing"
    {
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            docker.io docker-compose iptables iproute2 mmdebstrap skopeo
    } >/dev/null 2>&1 || {
        printf 'test-docker: SKIPPED: missing here and not to be installed:%s\n' "$missing"
        exit 0
    }
fi

code=0
export FUNCYARD_TEST_DOCKER=1
scripts/docker-engine.sh .venv/bin/python -m pytest -p tests.docker.plugin --timeout 1500 \
    tests/docker tests/integration/test_docker_compose_startup.py "$@" || code=$?
if [ "$code" -eq 69 ]; then
    printf 'test-docker: SKIPPED: no Docker engine can be had here; the reason is above\n'
    exit 0
fi
exit "$code"
