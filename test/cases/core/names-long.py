#!/usr/bin/python3
# Names of 255 bytes work, longer ones are ENAMETOOLONG; so do paths of
# 4,095 bytes.

from sandboxfs import *

host = host_dir()
name = "n" * 255
with Sandboxfs(("rw", "/", host)) as m:
    write(m / name, "x")
    eq(entries(m.path), [name])
    eq(read(host / name), "x")
    os.rename(m / name, m / ("m" * 255))
    fails(ENAMETOOLONG, os.stat, m / ("n" * 256))
    fails(ENAMETOOLONG, os.mkdir, m / ("n" * 256))

    # A path of 4,095 bytes, made from inside.
    os.chdir(m.path)
    path = ""
    while len(path) + 201 < 4095:
        path += "d" * 200 + "/"
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    os.chdir(m.path)
    path += "f" * (4095 - len(path))
    write_fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.write(write_fd, b"deep")
    os.close(write_fd)
    eq(os.stat(path).st_size, 4)
    eq(raw(path), b"deep")
    fails(ENAMETOOLONG, os.stat, path + "f")
    os.chdir("/")
run("rm", "-rf", host)
