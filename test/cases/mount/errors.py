#!/usr/bin/python3
# What can't be mounted is said on one line that names it; status 1.
# modes: root once

from sandboxfs import *

mnt = host_dir("mnt")
write(tmp / "file")
host = host_dir()
no_such = "No such file or directory (os error 2)"
for words, message in [
    (["/non-existent/mnt"],
     "Failed to mount /non-existent/mnt: " + no_such),
    ([tmp / "file"], None),
    (["--mapping", "ro:/:/non-existent", mnt],
     "Failed to mount %s: Failed to map root: stat failed for "
     '"/non-existent": %s' % (mnt, no_such)),
    (["--mapping", "ro:/:%s" % (tmp / "file"), mnt],
     "Failed to mount %s: Failed to map root: \"%s\" is not a directory" %
     (mnt, tmp / "file")),
    (["--mapping", "ro:/a:%s" % host, "--mapping", "rw:/a:%s" % host, mnt],
     "Failed to mount %s: Cannot map '/a -> %s (read/write)': Already mapped"
     % (mnt, host)),
    # Mappings are looked at before the mount point.
    (["--mapping", "ro:/a:%s" % host, "--mapping", "ro:/a:%s" % host,
      "/non-existent"],
     "Failed to mount /non-existent: Cannot map '/a -> %s (read-only)': "
     "Already mapped" % host),
    (["--mapping", "ro:/a:%s" % host, "--mapping", "ro:/:%s" % host, mnt],
     None),
    (["--input", "/non-existent/in", mnt],
     "Failed to open reconfiguration input '/non-existent/in': " + no_such),
    (["--output", "/non-existent/out", mnt],
     "Failed to open reconfiguration output '/non-existent/out': " + no_such),
    (["--cpu_profile", "/tmp/x", mnt],
     'Failed to start CPU profile: Compile-time "profiling" feature not '
     "enabled"),
]:
    out = cli(*words, timeout=20)
    eq(out.returncode, 1, "status of %r: %s" % (words, out.stderr))
    eq(out.stdout, "")
    last = out.stderr.splitlines()[-1]
    check(last.startswith("sandboxfs: "), last)
    if message:
        eq(last, "sandboxfs: " + message)
    else:
        check("Failed to mount" in last, last)
    eq(mounts_under(tmp), [])
