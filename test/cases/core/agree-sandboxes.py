#!/usr/bin/python3
# A file that two sandboxes map agrees between them.
# timeout: 300

from sandboxfs import *

host = host_dir()
write(host / "file")
with Sandboxfs(reconfig=True) as m:
    m.create("one", ("rw", "/x", host))
    m.create("two", ("ro", "/y/file", host / "file"))
    print(run(helper("agree"), m / "one/x/file", m / "two/y/file",
              20000 if slowness == 1 else 2000, timeout=280).stdout)
