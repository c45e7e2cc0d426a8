#!/usr/bin/python3
# doctor lists what the host offers, and what mends what it lacks.

from sandboxfs import *

out = cli("doctor")
eq(out.stderr, "")
eq(out.returncode, 0, out.stdout)
for what in ("/dev/fuse", "io_uring", "passthrough", "fusermount3",
             "user_allow_other"):
    check(what in out.stdout, "nothing on %s:\n%s" % (what, out.stdout))
lines = {l.split(":")[0].split(None, 1)[1]: l
         for l in out.stdout.splitlines() if ":" in l}
check(lines["FUSE over io_uring"].startswith(
    "ok" if mode.transport == "uring" else ("ok", "missing")),
    lines["FUSE over io_uring"])
if mode.user == "root":
    if mode.passthrough:
        check(lines["passthrough"].startswith("ok"), out.stdout)
else:
    check(not lines["passthrough"].startswith("ok"), out.stdout)
for line in out.stdout.splitlines():
    if line.startswith("missing"):
        check("mend:" in line and "without it" in line, line)
