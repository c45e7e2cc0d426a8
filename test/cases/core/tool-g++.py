#!/usr/bin/python3
# g++ compiles C++ in a view of / with one writable place.
# needs: g++
# timeout: 120

from sandboxfs import *

place = host_dir("place")
write(place / "p.cc", '#include <iostream>\n#include <map>\n#include <vector>\n'
      'int main() { std::map<int, std::vector<int>> m; m[1].push_back(2); '
      'std::cout << m[1][0] << std::endl; }\n')
with Sandboxfs(("ro", "/", "/"), ("rw", "/mnt/place", place)) as m:
    inside(m, "g++", "-O2", "-o", "p", "p.cc", cwd="/mnt/place",
           env=dict(os.environ, TMPDIR="/mnt/place"))
    eq(inside(m, "./p", cwd="/mnt/place").stdout, "2\n")
