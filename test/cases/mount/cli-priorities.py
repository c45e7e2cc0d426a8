#!/usr/bin/python3
# A bad flag wins over --help, that over --version, that over all else.
# modes: once

from sandboxfs import *

out = cli("--version", "--ttl", "bad", "--help", "too", "many")
eq((out.returncode, out.stderr), (0, ""))
check(out.stdout.startswith("Usage: "), out.stdout)
out = cli("--ttl=bad", "--version", "--input", "/non-existent", "x", "y")
eq((out.returncode, out.stderr), (0, ""))
check(out.stdout.startswith("sandboxfs "), out.stdout)
out = cli("--help", "--version", "--foo")
eq((out.returncode, out.stdout), (2, ""))
eq(out.stderr, "Usage error: Unrecognized option: 'foo'\n"
   "Type sandboxfs --help for more information\n")
