/*
 * What <linux/fuse.h> of Debian 12 (protocol 7.38) lacks, up to 7.45.
 *
 * Facts of the kernel's interface under names of our own, so that a newer
 * header doesn't clash. The version that brought each is named.
 */
#ifndef FUSE_UAPI_KFUSE_H
#define FUSE_UAPI_KFUSE_H

#include <linux/fuse.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define KFUSE_MINOR 45

/* Flags of INIT; those from bit 32 on travel in flags2. */
#define KFUSE_INIT_DIRECT_IO_ALLOW_MMAP (1ULL << 36) /* 7.39 */
#define KFUSE_INIT_CREATE_SUPP_GROUP    (1ULL << 34) /* 7.38 */
#define KFUSE_INIT_PASSTHROUGH          (1ULL << 37) /* 7.40 */
#define KFUSE_INIT_NO_EXPORT_SUPPORT    (1ULL << 38) /* 7.40 */
#define KFUSE_INIT_OVER_IO_URING        (1ULL << 41) /* 7.42 */

/* INIT's answer: 7.40 put max_stack_depth after flags2. */
struct kfuse_init_out {
	uint32_t major;
	uint32_t minor;
	uint32_t max_readahead;
	uint32_t flags;
	uint16_t max_background;
	uint16_t congestion_threshold;
	uint32_t max_write;
	uint32_t time_gran;
	uint16_t max_pages;
	uint16_t map_alignment;
	uint32_t flags2;
	uint32_t max_stack_depth; /* 7.40 */
	uint16_t request_timeout; /* 7.43 */
	uint16_t unused[11];
};
_Static_assert(sizeof(struct kfuse_init_out) == 64, "as the kernel has it");

/* Operations. */
#define KFUSE_STATX              52 /* 7.39 */
#define KFUSE_COPY_FILE_RANGE_64 53 /* 7.45 */

/* OPEN's answer: the backing file took the place of padding in 7.40. */
#define KFUSE_FOPEN_PASSTHROUGH (1 << 7)
struct kfuse_open_out {
	uint64_t fh;
	uint32_t open_flags;
	int32_t backing_id;
};

struct kfuse_backing_map {
	int32_t fd;
	uint32_t flags;
	uint64_t padding;
};
#define KFUSE_DEV_IOC_BACKING_OPEN                                             \
	_IOW(FUSE_DEV_IOC_MAGIC, 1, struct kfuse_backing_map)
#define KFUSE_DEV_IOC_BACKING_CLOSE _IOW(FUSE_DEV_IOC_MAGIC, 2, uint32_t)

struct kfuse_sx_time {
	int64_t tv_sec;
	uint32_t tv_nsec;
	int32_t reserved;
};

struct kfuse_statx_in {
	uint32_t getattr_flags;
	uint32_t reserved;
	uint64_t fh;
	uint32_t sx_flags;
	uint32_t sx_mask;
};

struct kfuse_statx_out {
	uint64_t attr_valid;
	uint32_t attr_valid_nsec;
	uint32_t flags;
	uint64_t spare[2];
	struct {
		uint32_t mask;
		uint32_t blksize;
		uint64_t attributes;
		uint32_t nlink;
		uint32_t uid;
		uint32_t gid;
		uint16_t mode;
		uint16_t spare0;
		uint64_t ino;
		uint64_t size;
		uint64_t blocks;
		uint64_t attributes_mask;
		struct kfuse_sx_time atime;
		struct kfuse_sx_time btime;
		struct kfuse_sx_time ctime;
		struct kfuse_sx_time mtime;
		uint32_t rdev_major;
		uint32_t rdev_minor;
		uint32_t dev_major;
		uint32_t dev_minor;
		uint64_t spare2[14];
	} stat;
};
_Static_assert(sizeof(struct kfuse_statx_out) == 288, "as the kernel has it");

struct kfuse_copy_file_range_out {
	uint64_t bytes_copied;
};

/* Extensions behind a request's arguments (in_header.total_extlen). */
#define KFUSE_EXT_GROUPS 32 /* 7.38 */
struct kfuse_in_header {
	uint32_t len;
	uint32_t opcode;
	uint64_t unique;
	uint64_t nodeid;
	uint32_t uid;
	uint32_t gid;
	uint32_t pid;
	uint16_t total_extlen; /* in units of 8 bytes */
	uint16_t padding;
};
_Static_assert(sizeof(struct kfuse_in_header) == sizeof(struct fuse_in_header),
	"as the kernel has it");
struct kfuse_ext_header {
	uint32_t size; /* with this header, a multiple of 8 */
	uint32_t type;
};
struct kfuse_supp_groups {
	uint32_t nr_groups;
	uint32_t groups[];
};

/* Notifications. */
#define KFUSE_NOTIFY_PRUNE 9 /* 7.45 */
struct kfuse_notify_prune_out {
	uint32_t count;
	uint32_t padding;
	uint64_t spare;
};

/* FUSE over io_uring, 7.42. */
struct kfuse_uring_ent_in_out {
	uint64_t flags;
	uint64_t commit_id;
	uint32_t payload_sz;
	uint32_t padding;
	uint64_t reserved;
};
struct kfuse_uring_req_header {
	char in_out[128]; /* fuse_in_header, then fuse_out_header */
	char op_in[128];  /* the operation's fixed-size argument */
	struct kfuse_uring_ent_in_out ent;
};
#define KFUSE_URING_CMD_REGISTER         1
#define KFUSE_URING_CMD_COMMIT_AND_FETCH 2
struct kfuse_uring_cmd_req { /* in the 80 bytes of a big SQE */
	uint64_t flags;
	uint64_t commit_id;
	uint16_t qid;
	uint8_t padding[6];
};

#endif
