#!/usr/bin/python3
# A program that is rebuilt in the view runs in its new form.
# needs: gcc

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    for i in range(5):
        write(m / "p.c", 'int puts(const char *);\nint main(void) '
              '{ return puts("%d") < 0; }\n' % i)
        run("gcc", "-o", m / "p", m / "p.c")
        eq(run(m / "p").stdout, "%d\n" % i)
