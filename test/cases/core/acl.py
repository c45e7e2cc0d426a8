#!/usr/bin/python3
# With --xattrs the ACLs of the host are seen.
# needs: setfacl getfacl
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "file")
if run("setfacl", "-m", "u:12345:rw", host / "file", ok=False).returncode:
    skip("the host's file system has no ACLs")
with Sandboxfs(("rw", "/", host), flags=["--xattrs"]) as m:
    text = run("getfacl", "-n", "-p", m / "file").stdout
    check("user:12345:rw-" in text, text)
    run("setfacl", "-m", "u:12346:r", m / "file")
    text = run("getfacl", "-n", "-p", host / "file").stdout
    check("user:12346:r--" in text, text)
