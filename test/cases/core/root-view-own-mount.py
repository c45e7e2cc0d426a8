#!/usr/bin/python3
# The mount point seen inside a view of / is harmless: walking over it ends.
# timeout: 30

from sandboxfs import *

with Sandboxfs(("ro", "/", "/")) as m:
    inner = m / str(tmp)[1:]
    out = run("find", inner, "-ls", timeout=20, ok=False)
    check(str(m.path.name) in out.stdout, "the mount point isn't listed")
    # Asking for what is below it must be answered, whatever the answer is.
    again = inner / m.path.name
    out = run("timeout", "-s", "KILL", "10", "ls", "-la", again, ok=False)
    check(out.returncode != 137, "hung")
    out = run("timeout", "-s", "KILL", "10", "stat", again / "etc/passwd",
              ok=False)
    check(out.returncode != 137, "hung")
    # And all goes on.
    check(os.path.exists(m / "etc/passwd"))
