#!/usr/bin/python3
# Without fusermount3 an unprivileged user is told what to install.
# modes: unprivileged once

from sandboxfs import *

mnt = host_dir("mnt")
# It looks in the usual places beside PATH: hide those too.
script = (
          "for d in /usr/bin /bin; do [ -e $d/fusermount3 ] && "
          "mount --bind /dev/null $d/fusermount3; done; "
          "exec setpriv --bounding-set -all --inh-caps -all \"$@\"")
out = run("unshare", "-Urm", "sh", "-c", script, "sh", binary, mnt, ok=False)
eq(out.returncode, 1, out.stderr)
check("fusermount3" in out.stderr or "fuse3" in out.stderr, out.stderr)
