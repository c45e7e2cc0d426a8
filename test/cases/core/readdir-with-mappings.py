#!/usr/bin/python3
# A large directory with mappings in it lists both, each name once.

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
for i in range(2000):
    write(host / ("n%05d" % i))
with Sandboxfs(("ro", "/", host), ("ro", "/n00500", inner),
               ("ro", "/extra", inner), ("ro", "/s/caffold", inner)) as m:
    eq(entries(m.path),
       sorted(["n%05d" % i for i in range(2000)] + ["extra", "s"]))
    with os.scandir(m.path) as it:
        kinds = {e.name: e.is_dir(follow_symlinks=False) for e in it}
    check(kinds["n00500"] and kinds["extra"] and kinds["s"])
    check(not kinds["n00501"])
    run(helper("positions"), m.path, 2002)
