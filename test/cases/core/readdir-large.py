#!/usr/bin/python3
# A directory of 10,000 names: all of them, once each, and every position in
# it can be returned to.

from sandboxfs import *

host = host_dir()
for i in range(10000):
    os.close(os.open(host / ("this-is-a-long-file-name-%08d" % i),
                     os.O_WRONLY | os.O_CREAT))
with Sandboxfs(("ro", "/", host)) as m:
    eq(len(set(os.listdir(m.path))), 10000)
    for i in range(2):
        run(helper("positions"), m.path, 10000)
    names = run("ls", "-l", m.path).stdout.splitlines()
    eq(len(names), 10001)
