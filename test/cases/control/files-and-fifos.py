#!/usr/bin/python3
# --input and --output take paths, of named pipes and of files.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
os.mkfifo(tmp / "in")
write(tmp / "out", "")
m = Sandboxfs(flags=["--input", tmp / "in", "--output", tmp / "out"],
              wait=False)
time.sleep(0.3)
# Nothing is mounted before the other end of the pipe is open.
eq(mount_id(m.path), None)
with m:
    with open(tmp / "in", "w") as f:
        m.wait_mounted()
        f.write(json.dumps(m.creation("s", [("ro", "/a", host)])))
        f.flush()
        wait_for(lambda: read(tmp / "out") == '{"id":"s","error":null}\n',
                 "the answer")
        eq(read(m / "s/a/file"), "x")
        f.write(json.dumps({"D": "s"}))
    wait_for(lambda: read(tmp / "out").count("\n") == 2, "the second answer")
    eq(entries(m.path), [])
