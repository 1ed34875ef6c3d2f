#!/bin/sh
# Run a command with a Docker engine: the one that answers here, else one of its own with everything
# in a temporary folder, torn down afterwards together with the network that it made.
#   scripts/docker-engine.sh COMMAND [ARGUMENT]…
# Exit code: the command's; 69 where no engine can be had, with the reason on standard error.
set -eu

unavailable() {
    printf 'docker-engine: %s\n' "$1" >&2
    exit 69
}

# Debian's own client speaks to BuildKit by itself; others need a plugin for that. What starts an
# engine may lie outside of a user's PATH.
if [ -x /usr/bin/docker ]; then PATH="/usr/bin:$PATH"; fi
PATH="$PATH:/usr/sbin:/sbin"
command -v docker >/dev/null 2>&1 || unavailable "there is no docker client: apt-get install docker.io"
if docker version >/dev/null 2>&1; then
    printf 'docker-engine: using the engine that runs here\n' >&2
    exec "$@"
fi
[ "$(id -u)" -eq 0 ] || unavailable "no engine answers, and only root can start one"
for tool in dockerd iptables ip; do
    command -v "$tool" >/dev/null 2>&1 || unavailable "no engine answers, and $tool is missing to start one: apt-get install docker.io iptables iproute2"
done

folder=$(mktemp -d /tmp/funcyard-docker.XXXXXX)
forwarding=$(cat /proc/sys/net/ipv4/ip_forward)
policy=$(iptables -S FORWARD | head -n 1)
had_bridge=no
if ip link show docker0 >/dev/null 2>&1; then had_bridge=yes; fi
had_key=no
if [ -e /etc/docker/key.json ]; then had_key=yes; fi

remove_network() {
    ip link delete docker0 2>/dev/null || true
    for table in filter nat; do
        iptables -t "$table" -S | sed -n 's/^-A \(.*docker0.*\|.*-j DOCKER.*\)$/\1/p' |
            while read -r rule; do
                # shellcheck disable=SC2086 # a rule is several words
                iptables -t "$table" -D $rule 2>/dev/null || true
            done
        for chain in $(iptables -t "$table" -S | sed -n 's/^-N \(DOCKER.*\)$/\1/p'); do
            iptables -t "$table" -F "$chain"
        done
        for chain in $(iptables -t "$table" -S | sed -n 's/^-N \(DOCKER.*\)$/\1/p'); do
            iptables -t "$table" -X "$chain"
        done
    done
    # shellcheck disable=SC2086 # the policy is three words
    iptables $policy
    printf '%s\n' "$forwarding" >/proc/sys/net/ipv4/ip_forward
}

pid=""
tear_down() {
    trap '' INT TERM
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    # Another engine's network would be harmed: it stays if there was one before.
    [ "$had_bridge" = yes ] || remove_network
    [ "$had_key" = yes ] || rm -f /etc/docker/key.json
    sed -n "s|^[^ ]* \(${folder}[^ ]*\) .*|\1|p" /proc/mounts | sort -r | while read -r mounted; do
        umount "$mounted" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap tear_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

dockerd --data-root "$folder/data" --exec-root "$folder/exec" --host "unix://$folder/engine.sock" \
    --pidfile "$folder/pid" --storage-driver overlay2 --default-ulimit nofile=1024:1024 \
    >"$folder/log" 2>&1 &
pid=$!
export DOCKER_HOST="unix://$folder/engine.sock"
tries=0
until docker version >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ] || ! kill -0 "$pid" 2>/dev/null; then
        tail -n 15 "$folder/log" >&2
        unavailable "dockerd does not start here; its last lines are above"
    fi
    sleep 0.5
done
printf 'docker-engine: started dockerd %s in %s\n' \
    "$(docker version --format '{{.Server.Version}}')" "$folder" >&2
"$@"
