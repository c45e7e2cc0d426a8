#!/usr/bin/python3
# The log says what is really in use.

from sandboxfs import *

import re

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    line = m.serving()
    check(re.match(r"\[INFO\] serving %s: protocol=7\.\d+ "
                   r"transport=(uring|dev) queues=\d+ .*"
                   r"passthrough=(yes|no)" % re.escape(str(m.path)), line),
          line)
