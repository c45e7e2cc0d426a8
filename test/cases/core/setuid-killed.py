#!/usr/bin/python3
# A write or a truncation by anyone but root clears the set-user-id bit.
# modes: root

from sandboxfs import *

host = host_dir()
for name in ("written", "truncated", "opened", "roots"):
    write(host / name, "x" * 10, 0o6777)


def stranger():
    with open(m / "written", "r+b") as f:
        f.write(b"y")
    os.truncate(m / "truncated", 3)
    open(m / "opened", "w").close()


with Sandboxfs(("rw", "/", host), flags=["--allow", "other"]) as m:
    for name in ("written", "truncated", "opened", "roots"):
        eq(stat.S_IMODE(os.stat(m / name).st_mode), 0o6777)
    run_as(other_uid, other_gid, stranger)
    with open(m / "roots", "r+b") as f:
        f.write(b"y")
    for name in ("written", "truncated", "opened"):
        for where in (host, m.path):
            eq(stat.S_IMODE(os.stat(where / name).st_mode), 0o777,
               "%s of %s" % (name, where))
    eq(stat.S_IMODE(os.stat(m / "roots").st_mode), 0o6777)
