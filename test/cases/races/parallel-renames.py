#!/usr/bin/python3
# Renames back and forth by several processes lose no file and hang nothing.
# timeout: 120

from sandboxfs import *

import random

host = host_dir()
for i in range(10):
    write(host / ("a/f%d" % i), str(i))
    (host / ("b%d" % i)).mkdir()


def shuffle(child, seed):
    random.seed(seed)
    dirs = ["a"] + ["b%d" % i for i in range(10)]
    for i in range(2000):
        name = "f%d" % random.randrange(10)
        try:
            os.rename(m / random.choice(dirs) / name,
                      m / random.choice(dirs) / name)
        except FileNotFoundError:
            pass
        if i % 50 == 0:
            x, y = random.sample(dirs, 2)
            renameat2(m / x, m / y, RENAME_EXCHANGE)


with Sandboxfs(("rw", "/", host)) as m:
    children = [Child(shuffle, s) for s in range(4)]
    for c in children:
        c.end()
    found = {}
    for path, _, files in os.walk(m.path):
        for f in files:
            found[f] = read(os.path.join(path, f))
    eq(found, {"f%d" % i: str(i) for i in range(10)})
