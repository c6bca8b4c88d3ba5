#!/usr/bin/env bash
# Installs what the tests compare with, where it is missing: a cross compiler, binutils, QEMU, llvm, dtc, gdb, a browser.
set -u
. "$(dirname "$0")/lib.sh"

wanted=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross binutils-aarch64-linux-gnu qemu-user qemu-system-arm llvm llvm-19 device-tree-compiler chromium gdb-multiarch)
missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  printf 'all there\n'
  exit 0
fi

as_root=()
if ((EUID != 0)); then as_root=(sudo -n); fi
install_missing() {
  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
printf 'installing %s\n' "${missing[*]}"
gate debian-packages install_missing
