#!/usr/bin/python3
# Without /dev/fuse the error names it and says how to get it.
# modes: root once

from sandboxfs import *

mnt = host_dir("mnt")
empty = host_dir("empty")
script = 'mount --bind "$0" /dev && exec "$@"'
out = run("unshare", "-m", "sh", "-c", script, empty, binary, mnt, ok=False)
eq(out.returncode, 1, out.stderr)
check("/dev/fuse" in out.stderr and "modprobe" in out.stderr, out.stderr)
