#!/usr/bin/python3
# Without fusermount3 an unprivileged user is told what to install.
# modes: unprivileged once

from sandboxfs import *

mnt = host_dir("mnt")
# It looks in the usual places beside PATH: hide it there. The inner
# namespace gives up the rights over the outer one that this took.
script = ('for d in /usr/bin /bin; do [ -e $d/fusermount3 ] && '
          'mount --bind /dev/null $d/fusermount3; done; '
          'exec unshare -U --map-user=1000 "$@"')
out = run("unshare", "-Urm", "sh", "-c", script, "sh", binary, mnt, ok=False)
eq(out.returncode, 1, out.stderr)
check("fusermount3" in out.stderr and "fuse3" in out.stderr, out.stderr)
