#!/usr/bin/python3
# Listing a read-only directory again doesn't ask for its entries'
# attributes.
# needs: tracefs
# modes: root

from sandboxfs import *

host = host_dir()
for i in range(200):
    write(host / ("f%d" % i))
with Sandboxfs(("ro", "/", host)) as m:
    run("ls", "-l", m.path)
    r = m.fewest_requests(lambda: run("ls", "-l", m.path))
    check(r.total <= 8, str(r.by_op))
