#!/usr/bin/python3
# sqlite3 works with a write-ahead log, from two processes, on a writable
# mapping.
# needs: sqlite3
# timeout: 120

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    db = m / "db"
    eq(run("sqlite3", db, "PRAGMA journal_mode=WAL; CREATE TABLE t(x);"
           ).stdout.strip(), "wal")
    writers = [subprocess.Popen(
        ["sqlite3", "-cmd", ".timeout 20000", str(db)],
        stdin=subprocess.PIPE, text=True) for i in range(2)]
    for w in writers:
        w.stdin.write("".join("INSERT INTO t VALUES(%d);\n" % i
                              for i in range(100)))
        w.stdin.close()
    for w in writers:
        eq(w.wait(60), 0)
    eq(run("sqlite3", db, "SELECT count(*), sum(x) FROM t;").stdout.strip(),
       "200|9900")
    eq(run("sqlite3", db, "PRAGMA integrity_check; PRAGMA "
           "journal_mode=DELETE; VACUUM;").stdout.split()[0], "ok")
eq(run("sqlite3", host / "db", "SELECT count(*) FROM t;").stdout.strip(),
   "200")
