#!/bin/bash
# Process 1 of a lab host: builds the host's own root in the fresh namespaces it starts in, says "ready", and reaps.
# $1 the root to show (/ or a Debian suite's), $2 host name, $3 the project's folder, $4 iptables backend (nft, legacy, or empty)
set -euo pipefail
lower=$1 name=$2 project=$3 backend=$4
# /proc is still the machine's here: our process id as the machine counts.
read -r outer _ </proc/self/stat

# Nothing below reaches the machine: the mounts are private, the writable layer and all data are tmpfs, so that
# everything is gone with the last process of this mount namespace.
mount --make-rprivate /
t=/mnt
[ -d $t ] || t=/tmp
mount -t tmpfs -o mode=755 lab $t
mkdir $t/upper $t/work $t/root
mount -t overlay -o "lowerdir=$lower,upperdir=$t/upper,workdir=$t/work" lab-root $t/root
r=$t/root
mkdir -p "$r/proc" "$r/sys" "$r/dev" "$r/run" "$r/tmp" "$r/.old" "$r/var/lib/docker" "$r/var/lib/containerd"
mount -t proc proc "$r/proc"
mount -t sysfs sysfs "$r/sys"
[ ! -d /sys/fs/cgroup ] || mount --rbind /sys/fs/cgroup "$r/sys/fs/cgroup"
mount --rbind /dev "$r/dev"
umount -R "$r/dev/pts" 2>/dev/null || true
mkdir -p "$r/dev/pts" "$r/dev/shm"
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts "$r/dev/pts"
for part in run tmp dev/shm var/lib/docker var/lib/containerd; do mount -t tmpfs -o mode=755 lab "$r/$part"; done
chmod 1777 "$r/tmp"
mkdir -p "$r/run/lock" "$r/run/netns"
# The program under test, as it is on the machine; read-only.
mkdir -p "$r$project"
mount --rbind "$project" "$r$project"
mount -o remount,bind,ro "$r$project"

rm -rf "$r/etc/docker" "$r/etc/resolv.conf" "$r/usr/local/bin/docker"
mkdir -p "$r/etc/docker"
printf 'nameserver 203.0.113.53\n' >"$r/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s\n' "$name" >"$r/etc/hosts"
printf '%s\n' "$name" >"$r/etc/hostname"
hostname "$name"
if [ -n "$backend" ]; then
  for tool in iptables ip6tables; do
    for end in '' -save -restore; do ln -sf "/usr/sbin/$tool-$backend$end" "$r/etc/alternatives/$tool$end"; done
  done
fi

cd "$r"
pivot_root . .old
umount -l /.old
rmdir /.old
ip link set lo up
printf 'ready %s\n' "$outer"
exec </dev/null >>/run/init.log 2>&1
# `wait` reaps every orphan of this pid namespace.
while :; do
  sleep 1000000 &
  wait $! || true
done
