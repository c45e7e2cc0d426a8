#!/usr/bin/python3
# A read-only and a writable mapping of one file always agree.
# timeout: 300
# full: yes

from sandboxfs import *

host = host_dir()
write(host / "file")
# The whole count once; enough to notice a difference elsewhere.
whole = full or mode.text == "uring+passthrough+root"
rounds = 100000 if whole else 20000
if slowness > 1:
    rounds = 5000
with Sandboxfs(("ro", "/a", host), ("rw", "/b/c", host / "file")) as m:
    print(run(helper("agree"), m / "b/c", m / "a/file", rounds,
              timeout=280).stdout)
