#!/usr/bin/python3
# java runs in a view of /.
# needs: java
# timeout: 120

from sandboxfs import *

place = host_dir("place")
with Sandboxfs(("ro", "/", "/"), ("rw", "/mnt/place", place)) as m:
    out = inside(m, "java", "-Xshare:auto", "-Djava.io.tmpdir=/mnt/place",
                 "-version", cwd="/mnt/place")
    check("ersion" in out.stderr, out.stderr)
