/*
 * Fuzzes what the kernel (or whoever holds the other end) may send: whole
 * FUSE messages, through the real decoder and handlers, onto a view of a
 * scratch folder. There is no /dev/fuse: replies end here, and the nodeids
 * and handles in them are kept so that later messages can name real ones.
 *
 * Input: a sequence of { u8 opcode, u8 how, u16 size, size bytes }, little
 * endian. The bytes are the argument and what follows it; a header is put in
 * front, unless bit 7 of "how" says that they are a whole message. The lower
 * bits choose the nodeid, and with bit 6 the first 8 bytes become a handle.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/internal.h"
#include "fuse/internal.h"

#define KNOWN_MAX   64
#define MESSAGE_MAX 16384
/* No single file of an input may grow beyond this. */
#define FILE_MAX (1 << 20)

static uint64_t known_ids[KNOWN_MAX];
static uint64_t known_handles[KNOWN_MAX];
static size_t n_ids, n_handles;
static char scratch[] = "/tmp/fuzz-request-XXXXXX";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void keep(uint64_t *list, size_t *n, uint64_t id)
{
	list[(*n)++ % KNOWN_MAX] = id;
}

static void fake_reply(struct kfuse_request *req, int error)
{
	struct fuse_entry_out entry;
	struct kfuse_open_out open;

	if (error)
		return;
	switch (req->in.opcode) {
	case FUSE_LOOKUP:
	case FUSE_MKDIR:
	case FUSE_MKNOD:
	case FUSE_SYMLINK:
	case FUSE_LINK:
	case FUSE_CREATE:
	case FUSE_TMPFILE:
		if (req->out_len < sizeof(entry))
			abort();
		memcpy(&entry, req->out, sizeof(entry));
		if (entry.nodeid)
			keep(known_ids, &n_ids, entry.nodeid);
		if (req->out_len < sizeof(entry) + sizeof(open))
			break;
		memcpy(&open, req->out + sizeof(entry), sizeof(open));
		keep(known_handles, &n_handles, open.fh);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		if (req->out_len != sizeof(open))
			abort();
		memcpy(&open, req->out, sizeof(open));
		keep(known_handles, &n_handles, open.fh);
		break;
	}
}

static const struct kfuse_transport_ops fake_ops = {
	.name = "fuzz",
	.reply = fake_reply,
};

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (ftw->level == 0)
		return 0;
	remove(path);
	return 0;
}

static void clean(void)
{
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void clean_up(void)
{
	clean();
	rmdir(scratch);
}

static uint64_t pick(const uint64_t *list, size_t n, unsigned int which)
{
	if (!n)
		return which;
	if (n > KNOWN_MAX)
		n = KNOWN_MAX;
	return list[which % n];
}

static struct kfuse_session *session_new(struct space *space)
{
	struct kfuse_options options = {
		.xattrs = true,
		.ttl_ns = 1000000000,
	};
	struct kfuse_session *session;
	struct sb_error err;

	/* /dev/null takes notifications and knows no ioctl. */
	if (kfuse_session_new(&session, space, &options,
		    open("/dev/null", O_RDWR | O_CLOEXEC), &err))
		abort();
	session->features = (struct kfuse_features){
		.minor = 45,
		.setxattr_ext = true,
		.supp_group = true,
		.max_write = 131072,
	};
	space_set_events(space, &kfuse_events, session);
	return session;
}

static void prepare(void)
{
	struct rlimit limit = { FILE_MAX, FILE_MAX };

	if (!mkdtemp(scratch))
		abort();
	atexit(clean_up);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char message[MESSAGE_MAX], out[131072];
	struct space_options space_options = { .hardlinks = true };
	struct mapping mappings[] = {
		{ "/", 1, scratch, strlen(scratch), true },
		{ "/ro", 3, scratch, strlen(scratch), false },
		{ "/a/b", 4, scratch, strlen(scratch), true },
	};
	struct kfuse_worker worker = {
		.ops = &fake_ops,
		.out = out,
		.out_size = sizeof(out),
	};
	struct kfuse_session *session;
	struct space *space;
	struct sb_error err;

	if (scratch[sizeof(scratch) - 2] == 'X')
		prepare();
	n_ids = n_handles = 0;
	if (space_new(&space, &space_options) ||
		space_map(space, mappings, 3, &err))
		abort();
	session = session_new(space);
	worker.session = session;

	while (size >= 4) {
		unsigned int opcode = data[0], how = data[1];
		size_t n = data[2] | (size_t)data[3] << 8;
		struct kfuse_in_header header = { 0 };
		size_t head = how & 0x80 ? 0 : sizeof(header);

		data += 4;
		size -= 4;
		if (n > size)
			n = size;
		if (n > sizeof(message) - sizeof(header))
			n = sizeof(message) - sizeof(header);
		memcpy(message + head, data, n);
		if (how & 0x40 && head && n >= 8) {
			uint64_t fh = pick(known_handles, n_handles, how & 15);

			memcpy(message + head, &fh, sizeof(fh));
		}
		if (head) {
			header.len = (uint32_t)(head + n);
			header.opcode = opcode;
			header.nodeid =
				how & 0x20 ? 1
					   : pick(known_ids, n_ids, how & 31);
			memcpy(message, &header, sizeof(header));
		}
		kfuse_dispatch_message(&worker, message, head + n);
		data += n;
		size -= n;
	}
	kfuse_session_free(session);
	space_free(space);
	clean();
	return 0;
}
