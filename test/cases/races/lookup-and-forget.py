#!/usr/bin/python3
# Names looked up while the kernel gives others back: right answers
# throughout.
# modes: root
# timeout: 120
# alone: yes

from sandboxfs import *

import random
import threading

host = host_dir()
for i in range(400):
    write(host / ("d%d/f%d" % (i % 20, i)), str(i))
over = False


def drop():
    while not over:
        with open("/proc/sys/vm/drop_caches", "w") as f:
            f.write("2")
        time.sleep(0.02)


with Sandboxfs(("rw", "/", host)) as m:
    t = threading.Thread(target=drop)
    t.start()
    try:
        for i in range(20000):
            n = random.randrange(400)
            eq(read(m / ("d%d/f%d" % (n % 20, n))), str(n))
            if i % 10 == 0:
                fails(ENOENT, os.stat, m / ("d%d/none" % (n % 20)))
                os.listdir(m / ("d%d" % (n % 20)))
    finally:
        over = True
        t.join()
    print(m.counters())
