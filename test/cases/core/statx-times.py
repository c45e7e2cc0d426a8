#!/usr/bin/python3
# statx(2): times to the nanosecond, and the time of birth where the host
# has one.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
os.utime(host / "file", ns=(1234567890123456789, 987654321987654321))
with Sandboxfs(("ro", "/", host)) as m:
    for name in ("file", "."):
        got, want = [json.loads(run(helper("statx"), d / name).stdout)
                     for d in (m.path, host)]
        for field in ("mode", "uid", "gid", "size", "atime_ns", "mtime_ns",
                      "ctime_ns"):
            if field != "size" or name == "file":
                eq(got[field], want[field], field)
        btime = 0x800
        if want["mask"] & btime:
            check(got["mask"] & btime, "no time of birth")
            eq(got["btime_ns"], want["btime_ns"])
