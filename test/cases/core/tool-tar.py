#!/usr/bin/python3
# tar goes round through the view: packed, unpacked, compared.
# needs: tar
# timeout: 120

from sandboxfs import *

host, out = host_dir(), host_dir("out")
for i in range(200):
    write(host / ("d%d/f%d" % (i % 7, i)), os.urandom(i * 37),
          0o600 + i % 64)
    os.utime(host / ("d%d/f%d" % (i % 7, i)), (i * 100000, i * 100000))
os.symlink("d1/f1", host / "link")
os.mkfifo(host / "fifo")
(host / "empty").mkdir(0o711)
with Sandboxfs(("ro", "/in", host), ("rw", "/out", out)) as m:
    run("tar", "-C", m / "in", "-cf", tmp / "a.tar", ".")
    run("tar", "-C", m / "out", "-xpf", tmp / "a.tar")
    run("tar", "-C", m / "out", "-df", tmp / "a.tar")
    os.unlink(host / "fifo")
    os.unlink(out / "fifo")
    run("diff", "-r", "--no-dereference", m / "in", m / "out")
run("tar", "-C", out, "-df", tmp / "a.tar", "--exclude", "./fifo")
