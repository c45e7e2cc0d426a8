#!/usr/bin/python3
# gcc compiles and links C in a view of / with one writable place.
# needs: gcc
# timeout: 120

from sandboxfs import *

place = host_dir("place")
write(place / "hello.c", '#include <stdio.h>\nint main(void) '
      '{ return printf("hello %d\\n", 42) < 0; }\n')
with Sandboxfs(("ro", "/", "/"), ("rw", "/mnt/place", place)) as m:
    for i in range(2):
        inside(m, "gcc", "-O2", "-Wall", "-o", "hello", "hello.c",
               cwd="/mnt/place", env=dict(os.environ, TMPDIR="/mnt/place"))
        eq(inside(m, "./hello", cwd="/mnt/place").stdout, "hello 42\n")
    inside(m, "gcc", "-static", "-o", "static", "hello.c", cwd="/mnt/place",
           env=dict(os.environ, TMPDIR="/mnt/place"))
    eq(inside(m, "./static", cwd="/mnt/place", binds=()).stdout,
       "hello 42\n")
eq(run(place / "hello").stdout, "hello 42\n")
