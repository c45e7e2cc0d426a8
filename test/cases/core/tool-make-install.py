#!/usr/bin/python3
# cp -a, install, mv, rm -r and find do what they do on a plain directory.
# timeout: 120

from sandboxfs import *

host, source = host_dir(), host_dir("source")
for name in ("a/one", "a/two", "three"):
    write(source / name, "some words on %s\n" % name * 100)
os.symlink("three", source / "link")
with Sandboxfs(("rw", "/", host)) as m:
    run("cp", "-a", source, m / "copy")
    run("diff", "-r", source, m / "copy")
    run("install", "-D", "-m", "0751", m / "copy/three", m / "bin/x/three")
    eq(stat.S_IMODE(os.stat(m / "bin/x/three").st_mode), 0o751)
    run("mv", m / "copy", m / "bin/x/moved")
    run("sed", "-i", "s/words/letters/", m / "bin/x/three")
    found = run("find", m.path, "-name", "three", "-type", "f").stdout
    eq(len(found.split()), 2)
    run("rm", "-r", m / "bin")
    eq(entries(m.path), [])
eq(entries(host), [])
