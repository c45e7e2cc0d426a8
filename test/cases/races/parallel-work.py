#!/usr/bin/python3
# Many threads and processes making, writing, renaming and removing files
# for a while.
# timeout: 120

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host), ("rw", "/again", host),
               ("ro", "/look", host)) as m:
    workers = [subprocess.Popen([helper("busy"), str(where), "3", "5"],
                                stdout=subprocess.PIPE, text=True)
               for where in (m.path, m / "again", m.path)]
    lookers = [subprocess.Popen(
        ["sh", "-c", 'while ls -lR "$0" >/dev/null 2>&1; do :; done',
         str(m / "look")])]
    for w in workers:
        eq(w.wait(60), 0)
    for l in lookers:
        l.kill()
        l.wait()
    eq([n for n in entries(m.path) if n.startswith("busy")], [])
