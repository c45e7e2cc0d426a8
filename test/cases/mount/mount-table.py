#!/usr/bin/python3
# The mount is what 0.2's was: type fuse, source sandboxfs,
# default_permissions, nosuid and nodev.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("ro", "/", host)) as m:
    line = next(l for l in open("/proc/self/mountinfo") if
                " %s " % m.path in l)
    left, right = line.split(" - ")
    kind, source, options = right.split()[:3]
    eq((kind, source), ("fuse", "sandboxfs"))
    check("default_permissions" in options, options)
    flags = left.split()[5].split(",")
    check("nosuid" in flags and "nodev" in flags, str(flags))
    check("allow_other" not in options, options)
