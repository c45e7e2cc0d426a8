#!/usr/bin/python3
# A dead mount that processes still sit in is recovered as well.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
m = Sandboxfs(("ro", "/", host), flags=["--no-guard"])
sitter = subprocess.Popen(["sleep", "100"], cwd=m.path)
fd = os.open(m / "file", os.O_RDONLY)
m.process.kill()
m.process.wait()
with Sandboxfs(("ro", "/", host), at=m.path) as again:
    eq(read(again / "file"), "x")
sitter.kill()
sitter.wait()
abandon(fd)
