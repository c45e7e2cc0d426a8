#!/usr/bin/python3
# Entries come and go while a directory is read: those that stay are listed
# exactly once.

from sandboxfs import *

host = host_dir()
stay = ["stay-%04d" % i for i in range(3000)]
for name in stay:
    write(host / name)
with Sandboxfs(("rw", "/", host)) as m:
    for round_ in range(5):
        seen = []
        with os.scandir(m.path) as it:
            for i, entry in enumerate(it):
                seen.append(entry.name)
                if i % 50 == 0:
                    where = host if i % 100 else m.path
                    write(where / ("new-%d-%d" % (round_, i)))
                    if i >= 100:
                        victim = "new-%d-%d" % (round_, i - 100)
                        os.unlink(m / victim)
        got = [n for n in seen if n.startswith("stay")]
        eq(len(got), len(stay))
        eq(sorted(got), stay)
    check(sorted(os.listdir(m.path)) == sorted(os.listdir(host)),
          "differs from the host at rest")
