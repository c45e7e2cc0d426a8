/*
 * The table of operations: constant, name, and how often it is drawn.
 */
#ifndef DIFFERENTIAL_KINDS_H
#define DIFFERENTIAL_KINDS_H

/* Those that need extended attributes come last. */
#define OP_KINDS(X)                                                            \
	X(OPEN, "open", 120)                                                   \
	X(TMPFILE, "tmpfile", 4)                                               \
	X(CLOSE, "close", 40)                                                  \
	X(PREAD, "pread", 60)                                                  \
	X(PWRITE, "pwrite", 60)                                                \
	X(READ, "read", 25)                                                    \
	X(WRITE, "write", 40)                                                  \
	X(LSEEK, "lseek", 25)                                                  \
	X(FTRUNCATE, "ftruncate", 20)                                          \
	X(TRUNCATE, "truncate", 15)                                            \
	X(FALLOCATE, "fallocate", 15)                                          \
	X(SEEK_HOLE, "seek-hole", 15)                                          \
	X(COPY_RANGE, "copy-file-range", 15)                                   \
	X(SENDFILE, "sendfile", 5)                                             \
	X(MAP_READ, "map-read", 15)                                            \
	X(MAP_STORE, "map-store", 15)                                          \
	X(MAP_PRIVATE, "map-private", 5)                                       \
	X(FSYNC, "fsync", 2)                                                   \
	X(FSTAT, "fstat", 30)                                                  \
	X(FCHMOD, "fchmod", 8)                                                 \
	X(FCHOWN, "fchown", 4)                                                 \
	X(FUTIMENS, "futimens", 8)                                             \
	X(REOPEN, "reopen", 6)                                                 \
	X(STAT, "stat", 60)                                                    \
	X(LSTAT, "lstat", 60)                                                  \
	X(ACCESS, "access", 10)                                                \
	X(CHMOD, "chmod", 20)                                                  \
	X(CHOWN, "chown", 10)                                                  \
	X(UTIMENS, "utimens", 20)                                              \
	X(MKDIR, "mkdir", 60)                                                  \
	X(RMDIR, "rmdir", 25)                                                  \
	X(UNLINK, "unlink", 40)                                                \
	X(RENAME, "rename", 50)                                                \
	X(RENAME_NOREPLACE, "rename-noreplace", 10)                            \
	X(RENAME_EXCHANGE, "rename-exchange", 15)                              \
	X(SYMLINK, "symlink", 25)                                              \
	X(READLINK, "readlink", 20)                                            \
	X(MKNOD, "mknod", 10)                                                  \
	X(READDIR, "readdir", 40)                                              \
	X(UMASK, "umask", 2)                                                   \
	X(LINK, "link", 30)                                                    \
	X(LINK_FD, "link-fd", 6)                                               \
	X(SETXATTR, "setxattr", 20)                                            \
	X(GETXATTR, "getxattr", 15)                                            \
	X(LISTXATTR, "listxattr", 10)                                          \
	X(REMOVEXATTR, "removexattr", 10)

enum op_kind {
#define CONSTANT(upper, lower, weight) OP_##upper,
	OP_KINDS(CONSTANT)
#undef CONSTANT
		OP_KIND_COUNT
};

#endif
