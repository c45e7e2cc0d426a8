#!/usr/bin/python3
# Open files and looked-up names don't stay open in the daemon for ever.
# modes: root
# alone: yes

from sandboxfs import *

host = host_dir()
for i in range(500):
    write(host / ("f%d" % i))


def open_in_daemon():
    return len(os.listdir("/proc/%d/fd" % m.pid))


with Sandboxfs(("rw", "/", host)) as m:
    before = open_in_daemon()
    for i in range(500):
        read(m / ("f%d" % i))
    # The kernel gives names back when it wants its memory.
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("2")
    wait_for(lambda: open_in_daemon() < before + 50,
             "names given back; %d files open, %d before" %
             (open_in_daemon(), before))
