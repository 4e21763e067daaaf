# Two stations with a board each, in a network of their own: Debian's ser2net and avahi in a network namespace.
# $1: node, $2: esp-portal, $3: a folder. Prints a line of JSON for each result. For network-bench.test.ts.
set -eu
node=$1 bin=$2 folder=$3
cd "$folder"
PATH=$PATH:/usr/sbin:/sbin

mount -t tmpfs tmpfs /run
ip link set lo up
ip link add bench0 type veth peer name bench1
ip addr add 10.99.0.1/24 dev bench0
ip link set bench0 up
ip link set bench1 up

cat > bus.conf <<END
<busconfig>
  <listen>unix:path=$folder/bus</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
END
printf '[server]\nhost-name=pi-1\nuse-ipv6=no\nallow-interfaces=bench0\n' > avahi.conf
station() { # $1: number, $2: port of the board
  printf '%s\n' '%YAML 1.1' '---' "connection: &c$1" "  accepter: telnet(rfc2217),tcp,300$1" \
    "  connector: telnet(rfc2217=true),tcp,127.0.0.1,$2" '  options:' '    mdns: true' "    mdns-name: bench $1" > "$1.yaml"
  ser2net -n -d -c "$1.yaml" > "$1.log" 2>&1 &
}
# The namespace of processes ends with this script.
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$folder/bus"
dbus-daemon --config-file=bus.conf --nofork --nopidfile > bus.log 2>&1 &
until [ -S bus ]; do sleep 0.1; done
avahi-daemon --no-drop-root --no-chroot --no-rlimits -f avahi.conf > avahi.log 2>&1 &
until grep -q 'startup complete' avahi.log; do sleep 0.1; done
for board in 1 2; do
  "$node" "$bin" simulate --json --listen "127.0.0.1:400$board" \
    --port "virtual:far-$board?speed=max&http=0&dns=0" > "board-$board.log" &
  until grep -q rfc2217:// "board-$board.log"; do sleep 0.1; done
done
station 1 4001
station 2 4002
second=$!

ports() { "$node" "$bin" ports --network --json | tail -n 1; }
until ports > found.json && grep -q '"bench 1"' found.json && grep -q '"bench 2"' found.json; do :; done
cat found.json
both=rfc2217://10.99.0.1:3001,rfc2217://10.99.0.1:3002
"$node" "$bin" flash --firmware firmware.bin --json --port "$both" | tail -n 1
kill $second
wait $second || true
"$node" "$bin" install --json --port "$both" | tail -n 1
