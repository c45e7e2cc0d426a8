#!/usr/bin/python3
# Memory stays flat and no file stays open over 10,000 cycles of create, use
# and destroy.
# timeout: 400
# alone: yes
# not-with: asan tsan
# modes: uring passthrough root once, dev none root once
# full: yes

from sandboxfs import *

host = host_dir()
for i in range(20):
    write(host / ("d%d/f%d" % (i % 4, i)), "x")
files = ["d%d/f%d" % (i % 4, i) for i in range(20)]
total = 100000 if full else 10000


def resident():
    for line in read("/proc/%d/status" % m.pid).splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])


def descriptors():
    return len(os.listdir("/proc/%d/fd" % m.pid))


with Sandboxfs(reconfig=True) as m:
    def cycle(i):
        id = "s%d" % i
        m.create(id, ("ro", "/in", host), ("rw", "/out", host),
                 *[("ro", "/x/" + f, host / f) for f in files])
        for f in files[::3]:
            os.stat(m / id / "in" / f)
            read(m / id / "x" / f)
        os.listdir(m / id / "x")
        fails(ENOENT, os.stat, m / id / "in/none")
        m.destroy(id)
        fails(ENOENT, os.stat, m / id)
        # The kernel gives names back in its own time. How many it may still
        # owe at the worst moment is no leak, but depends on the machine.
        if i % 20 == 0:
            wait_for(lambda: descriptors() < 100, "names given back")

    for i in range(1000):
        cycle(i)
    memory, fds = resident(), descriptors()
    for i in range(1000, total):
        cycle(i)
    print("resident %d kB, then %d kB; %d files open, then %d; %s" % (
        memory, resident(), fds, descriptors(), m.counters()))
    # 5 % of a small number is less than one page table more or less.
    check(resident() <= memory * 1.05 + 256, "memory grew")
    check(descriptors() <= fds + 8, "files stay open")
