#!/usr/bin/python3
# A client that dies, its pipes with it, leaves no daemon and no mount.

from sandboxfs import *

host = host_dir()
(tmp / "mnt").mkdir()
program = """
import subprocess, sys, time
log = open(sys.argv[1], "w")
p = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE, stderr=log)
p.stdin.write(b'{"C":{"i":"empty"}}')
p.stdin.flush()
assert b"null" in p.stdout.readline()
print(p.pid, flush=True)
time.sleep(1000)
"""
client = subprocess.Popen(
    [sys.executable, "-c", program, str(tmp / "log"), binary, *mode.flags(),
     "--input=-", "--output=-", str(tmp / "mnt")], stdout=subprocess.PIPE)
pid = int(client.stdout.readline())
check(mount_id(tmp / "mnt") is not None)
client.kill()
client.wait()
wait_for(lambda: not pid_alive(pid), "its end")
eq(mount_id(tmp / "mnt"), None)
