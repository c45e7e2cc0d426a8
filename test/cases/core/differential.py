#!/usr/bin/python3
# 100,000 random operations on a view and on a plain directory give the same.
# timeout: 300
# full: yes

from sandboxfs import *

host, plain = host_dir(), host_dir("plain")
# The whole count once; enough to notice a difference elsewhere.
count = 100000 if mode.text == "uring+passthrough+root" else 25000
if slowness > 1:
    count = 10000
with Sandboxfs(("rw", "/", host)) as m:
    out = run(helper("../differential/differential"), "--ops",
              count * (10 if full else 1), m.path, plain, ok=False,
              timeout=280)
    print(out.stdout[-6000:], out.stderr)
    eq(out.returncode, 0)
