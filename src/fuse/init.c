/*
 * INIT: what the kernel offers, what we take.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/log.h"

/* Debian 12's kernel speaks 7.37; what came before 7.36 lacks INIT_EXT. */
#define MINOR_MIN 36

/* What we take of any kernel that has it. */
#define WANTED                                                                 \
	(FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_ATOMIC_O_TRUNC |             \
		FUSE_DONT_MASK | FUSE_AUTO_INVAL_DATA | FUSE_DO_READDIRPLUS |  \
		FUSE_READDIRPLUS_AUTO | FUSE_ASYNC_DIO |                       \
		FUSE_PARALLEL_DIROPS | FUSE_HANDLE_KILLPRIV_V2 |               \
		FUSE_CACHE_SYMLINKS | FUSE_MAX_PAGES | FUSE_SETXATTR_EXT |     \
		FUSE_INIT_EXT | KFUSE_INIT_CREATE_SUPP_GROUP |                 \
		KFUSE_INIT_NO_EXPORT_SUPPORT |                                 \
		KFUSE_INIT_DIRECT_IO_ALLOW_MMAP)

/*
 * Without passthrough large messages save requests (KFUSE_MAX_WRITE); with it
 * few data come this way, and they may as well stay in the CPU's caches.
 */
#define MAX_WRITE_PASSTHROUGH 131072

/*
 * How deep the stack of file systems may be. The kernel's 1 lets us pass
 * through to plain file systems and be the lower layer of an overlay; 2 lets
 * us pass through to an overlay, which is what a container's root is.
 */
static uint32_t stack_depth(void)
{
	struct statfs st;

	if (statfs("/", &st) == 0 && st.f_type == OVERLAYFS_SUPER_MAGIC)
		return 2;
	return 1;
}

static void settle(struct kfuse_session *session, const struct fuse_init_in *in,
	size_t arg_size, bool can_uring, struct kfuse_init_out *out)
{
	struct kfuse_features *features = &session->features;
	uint64_t offered = in->flags, taken;

	if (in->flags & FUSE_INIT_EXT && arg_size >= 20)
		offered |= (uint64_t)in->flags2 << 32;
	taken = offered & WANTED;
	if (session->options.xattrs)
		taken |= offered & FUSE_POSIX_ACL;
	if (session->options.passthrough)
		taken |= offered & KFUSE_INIT_PASSTHROUGH;
	if (can_uring)
		taken |= offered & KFUSE_INIT_OVER_IO_URING;

	features->minor = in->minor < KFUSE_MINOR ? in->minor : KFUSE_MINOR;
	features->passthrough = taken & KFUSE_INIT_PASSTHROUGH;
	features->uring = taken & KFUSE_INIT_OVER_IO_URING;
	features->setxattr_ext = taken & FUSE_SETXATTR_EXT;
	features->supp_group = taken & KFUSE_INIT_CREATE_SUPP_GROUP;
	features->max_write =
		features->passthrough ? MAX_WRITE_PASSTHROUGH : KFUSE_MAX_WRITE;
	features->max_stack_depth = features->passthrough ? stack_depth() : 0;

	*out = (struct kfuse_init_out){
		.major = FUSE_KERNEL_VERSION,
		.minor = KFUSE_MINOR,
		.max_readahead = in->max_readahead,
		.flags = (uint32_t)taken,
		.flags2 = (uint32_t)(taken >> 32),
		/* The default of 12 stalls a parallel build's RELEASEs. */
		.max_background = 1024,
		.congestion_threshold = 768,
		.max_write = features->max_write,
		.time_gran = 1,
		.max_pages = (uint16_t)(features->max_write / 4096),
		.max_stack_depth = features->max_stack_depth,
	};
}

/*
 * The ioctl that registers backing files wants CAP_SYS_ADMIN in the initial
 * user namespace; whether we have it shows best by trying.
 */
static bool passthrough_allowed(struct kfuse_session *session)
{
	struct kfuse_backing_map map = { .fd = -1 };

	/* EBADF: it got as far as looking at the descriptor. */
	return ioctl(session->fd, KFUSE_DEV_IOC_BACKING_OPEN, &map) < 0 &&
	       errno == EBADF;
}

static int answer(struct kfuse_session *session, uint64_t unique, int error,
	const void *out, size_t size)
{
	char buf[sizeof(struct fuse_out_header) +
		 sizeof(struct kfuse_init_out)];
	struct fuse_out_header header = {
		.len = (uint32_t)(sizeof(header) + size),
		.error = error,
		.unique = unique,
	};

	memcpy(buf, &header, sizeof(header));
	if (size)
		memcpy(buf + sizeof(header), out, size);
	return write(session->fd, buf, header.len) < 0 ? -errno : 0;
}

int kfuse_init(
	struct kfuse_session *session, bool can_uring, struct sb_error *err)
{
	char buf[FUSE_MIN_READ_BUFFER];
	struct fuse_init_in in = { 0 };
	struct kfuse_init_out out;
	struct fuse_in_header header;
	char text[128];
	ssize_t n;
	size_t arg;
	int r;

	do
		n = read(session->fd, buf, sizeof(buf));
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		r = -errno;
		sb_error_set(err, "Failed to read the kernel's INIT: %s",
			sb_error_os(text, sizeof(text), -r));
		return r;
	}
	memcpy(&header, buf,
		(size_t)n < sizeof(header) ? (size_t)n : sizeof(header));
	if ((size_t)n < sizeof(header) + 16 || header.opcode != FUSE_INIT) {
		sb_error_set(err, "The kernel's first request is not INIT");
		return -EPROTO;
	}
	arg = (size_t)n - sizeof(header);
	memcpy(&in, buf + sizeof(header), arg < sizeof(in) ? arg : sizeof(in));

	if (in.major != FUSE_KERNEL_VERSION || in.minor < MINOR_MIN) {
		answer(session, header.unique, -EPROTO, NULL, 0);
		sb_error_set(err,
			"The kernel speaks FUSE protocol %u.%u, sandboxfs "
			"needs %d.%d (Linux 5.17) or newer",
			in.major, in.minor, FUSE_KERNEL_VERSION, MINOR_MIN);
		return -EPROTO;
	}
	settle(session, &in, arg, can_uring, &out);
	r = answer(session, header.unique, 0, &out, sizeof(out));
	if (r) {
		sb_error_set(err, "Failed to answer the kernel's INIT: %s",
			sb_error_os(text, sizeof(text), -r));
		return r;
	}
	if (session->features.passthrough && !passthrough_allowed(session))
		session->features.passthrough = false;
	log_debug("INIT: kernel 7.%u, flags %#x:%#x, taken %#x:%#x", in.minor,
		in.flags2, in.flags, out.flags2, out.flags);
	return 0;
}
