#!/usr/bin/python3
# A daemon that waits for the other end of its --input can be ended by a
# signal.

from sandboxfs import *

os.mkfifo(tmp / "in")
m = Sandboxfs(flags=["--input", tmp / "in"], wait=False)
time.sleep(0.3)
eq(m.process.poll(), None)
m.process.terminate()
m.expected_status = None
m.wait()
