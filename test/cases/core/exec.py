#!/usr/bin/python3
# Programs and scripts run from the view; the modes say which.
# needs: gcc

from sandboxfs import *

host = host_dir()
write(host / "hello.c", 'int puts(const char *);\nint main(void) '
      '{ return puts("hello") < 0; }\n')
run("gcc", "-o", host / "hello", host / "hello.c")
write(host / "script", "#!/bin/sh\necho \"$0\"\n", 0o755)
write(host / "plain", "#!/bin/sh\n", 0o644)
with Sandboxfs(("ro", "/", host)) as m:
    for i in range(3):
        eq(run(m / "hello").stdout, "hello\n")
    eq(run(m / "script").stdout, "%s\n" % (m / "script"))
    fails(EACCES, os.execv, m / "plain", ["plain"])
    fails(EACCES, os.execv, m.path, ["dir"])
