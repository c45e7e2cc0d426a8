#!/usr/bin/python3
# Sandboxes come and go while processes work in them and in others.
# timeout: 120

from sandboxfs import *

host = host_dir()
for i in range(30):
    write(host / ("f%d" % i), "x" * 100)
with Sandboxfs(("rw", "/busy", host), reconfig=True) as m:
    worker = subprocess.Popen([helper("busy"), str(m / "busy"), "2"],
                              stdout=subprocess.PIPE, text=True)
    eq(worker.stdout.readline(), "busy\n")
    end = time.monotonic() + 5
    i = 0
    while time.monotonic() < end:
        m.create("s", ("ro", "/a", host), ("ro", "/b/c", host))
        walker = subprocess.Popen(
            ["find", str(m / "s"), "-type", "f", "-size", "+1k"],
            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if i % 2:
            walker.wait()
        m.destroy("s")
        fails(ENOENT, os.stat, m / "s")
        walker.wait()
        i += 1
    print(i, "rounds")
    worker.terminate()
    eq(worker.wait(20), 0)
