#!/usr/bin/python3
# The program calls itself what it was called.
# modes: once

from sandboxfs import *

os.symlink(binary, tmp / "other-name")
out = run(tmp / "other-name", "--help", ok=False)
check(out.stdout.startswith("Usage: other-name [options] MOUNT_POINT\n"))
out = run(tmp / "other-name", "--bad", ok=False)
check("Type other-name --help" in out.stderr)
