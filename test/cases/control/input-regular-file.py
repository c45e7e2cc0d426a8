#!/usr/bin/python3
# A whole file of requests as --input is worked through.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
creation = Sandboxfs.creation
write(tmp / "requests", "".join(json.dumps(creation(
    "s%d" % i, [("ro", "/a", host)])) + "\n" for i in range(50)))
write(tmp / "answers", "")
with Sandboxfs(flags=["--input", tmp / "requests",
                      "--output", tmp / "answers"]) as m:
    wait_for(lambda: "Reached end of reconfiguration input" in m.stderr(),
             "the end of the input")
    wait_for(lambda: read(tmp / "answers").count("\n") == 50, "answers")
    eq(len(entries(m.path)), 50)
    eq(read(m / "s49/a/file"), "x")
