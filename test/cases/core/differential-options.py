#!/usr/bin/python3
# The same with --hardlinks and --xattrs.
# timeout: 300
# full: yes

from sandboxfs import *

host, plain = host_dir(), host_dir("plain")
# The whole count once; enough to notice a difference elsewhere.
count = 100000 if mode.text == "uring+passthrough+root" else 25000
if slowness > 1:
    count = 10000
with Sandboxfs(("rw", "/", host), flags=["--hardlinks", "--xattrs"]) as m:
    out = run(helper("../differential/differential"), "--hardlinks",
              "--xattrs", "--ops", count * (10 if full else 1), m.path, plain,
              ok=False, timeout=280)
    print(out.stdout[-6000:], out.stderr)
    eq(out.returncode, 0)
