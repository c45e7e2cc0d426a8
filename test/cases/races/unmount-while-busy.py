#!/usr/bin/python3
# Unmounted and served again while processes try to work there: no hang, no
# wrong bytes.
# timeout: 120

from sandboxfs import *

host = host_dir()
(tmp / "mnt").mkdir()
for i in range(8):
    m = Sandboxfs(("rw", "/", host), at=tmp / "mnt", flags=["--grace=0s"])
    busy = subprocess.Popen([helper("busy"), str(m.path), "4"],
                            stdout=subprocess.PIPE, text=True)
    eq(busy.stdout.readline(), "busy\n")
    m.process.terminate()
    m.wait()
    eq(busy.wait(20), 0)
    for f in os.listdir(host):
        os.unlink(host / f)
