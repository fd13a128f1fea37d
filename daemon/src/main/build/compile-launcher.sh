#!/bin/sh
# Compiles the launcher (src/main/c/launcher.c) where a C compiler is. Called by the build from daemon/; without a
# compiler bin/daprd uses the Perl launcher, so this is no failure.
#
#   compile-launcher.sh [OUTPUT]       default: target/launcher/daprd
set -eu
cd "${0%/*}/../../.."
source=src/main/c/launcher.c
output=${1:-target/launcher/daprd}
mkdir -p "${output%/*}"
[ -x "$output" ] && [ "$output" -nt "$source" ] && exit 0

# A compiler without the C library's headers is as good as none: the libc6-dev package is often missing.
probe=$output.probe.c
trap 'rm -f "$probe" "$output.new"' EXIT
printf '#include <sys/socket.h>\nint main(void) { return AF_UNIX == 0; }\n' > "$probe"
for cc in ${CC:-} cc gcc clang; do
  command -v "$cc" >/dev/null 2>&1 || continue
  "$cc" -o "$output.new" "$probe" >/dev/null 2>&1 || continue
  strict="-std=c11 -O2 -Wall -Wextra -Werror -s"
  # Static: no dynamic loader, so less private memory and a faster start.
  "$cc" $strict -static -o "$output.new" "$source" 2>/dev/null || "$cc" $strict -o "$output.new" "$source"
  mv -f "$output.new" "$output"
  exit 0
done
rm -f "$output"
echo "No working C compiler: bin/daprd will use the Perl launcher (for the smaller one: apt-get install gcc libc6-dev)."
