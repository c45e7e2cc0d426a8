#!/usr/bin/python3
# Two writable mappings of one file always agree: 100,000 rounds of writing
# through one and looking through the other.
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
with Sandboxfs(("rw", "/a", host), ("rw", "/b", host)) as m:
    print(run(helper("agree"), m / "a/file", m / "b/file", rounds,
              timeout=280).stdout)
