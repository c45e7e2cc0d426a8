#!/usr/bin/python3
# cp -a, install, mv, rm -r and find do what they do on a plain directory.
# timeout: 120

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    run("cp", "-a", checkout / "test/lib", m / "copy")
    run("diff", "-r", checkout / "test/lib", m / "copy")
    run("install", "-D", "-m", "0751", m / "copy/agree.c", m / "bin/x/agree")
    eq(stat.S_IMODE(os.stat(m / "bin/x/agree").st_mode), 0o751)
    run("mv", m / "copy", m / "bin/x/moved")
    run("sed", "-i", "s/agree/disagree/", m / "bin/x/agree")
    found = run("find", m.path, "-name", "agree*", "-type", "f").stdout
    eq(len(found.split()), 2)
    run("rm", "-r", m / "bin")
    eq(entries(m.path), [])
eq(entries(host), [])
