#!/usr/bin/python3
# git clones, commits, shows a clean state and packs in a writable place of
# a view of /.
# needs: git
# timeout: 120

from sandboxfs import *

origin, place = host_dir("origin"), host_dir("place")
env = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", HOME="/mnt/place",
           GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org",
           GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org")
for i in range(100):
    write(origin / ("dir%d/file%d" % (i % 10, i)), "text %d\n" % i * 50)
os.symlink("dir1/file1", origin / "link")
for args in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
    run("git", *args, cwd=origin, env=env)
with Sandboxfs(("ro", "/", "/"), ("rw", "/mnt/place", place),
               ("ro", "/mnt/place/origin", origin)) as m:
    def git(*args, cwd="/mnt/place/clone"):
        return inside(m, "git", "-c", "safe.directory=*", *args, cwd=cwd,
                      env=env).stdout

    git("clone", "-q", "file:///mnt/place/origin", "clone", cwd="/mnt/place")
    eq(git("status", "--porcelain"), "")
    write(m / "mnt/place/clone/dir1/file1", "changed\n")
    os.rename(m / "mnt/place/clone/link", m / "mnt/place/clone/link2")
    git("add", "-A")
    git("commit", "-q", "-m", "second")
    eq(git("status", "--porcelain"), "")
    git("gc", "-q")
    git("fsck", "--strict")
    eq(git("log", "--format=%s"), "second\nfirst\n")
