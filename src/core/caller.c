/*
 * Acting for the process that asked.
 *
 * New objects are made by a thread whose file system user, group and umask
 * are the caller's for that moment, so that ownership, set-group-id folders,
 * default ACLs and quotas come out as they would natively, with no moment at
 * which the object belongs to us. All of these are per thread in Linux once
 * the thread has unshared its fs_struct; glibc's wrappers that would change
 * every thread are avoided.
 *
 * Who may do what is not decided here: the kernel has done so before it asks
 * us (default_permissions). So the capability to override file permissions
 * stays raised while we act for others: their supplementary groups, which
 * may have given them access, are not ours.
 */
#include "core/internal.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/log.h"

static _Thread_local bool acting;
static _Thread_local bool acting_in_group;

static int change_effective(uint32_t drop, uint32_t raise)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	data[0].effective &= ~drop;
	data[0].effective |= raise & data[0].permitted;
	if (syscall(SYS_capset, &header, data) < 0)
		return -errno;
	return 0;
}

void caller_drop_fsetid(void)
{
	change_effective(1u << CAP_FSETID, 0);
}

void caller_take_fsetid(void)
{
	change_effective(0, 1u << CAP_FSETID);
}

void caller_thread_init(void)
{
	/* umask(2) then is this thread's own. */
	if (unshare(CLONE_FS) < 0)
		log_warn("unshare(CLONE_FS) failed: %s; new files of "
			 "concurrent callers may get each other's umask",
			strerror(errno));
}

int caller_assume(struct space *space, const struct caller *caller)
{
	umask(caller->umask & 0777);
	if (caller->uid == space->uid && caller->gid == space->gid)
		return 0;
	if (!space->privileged) {
		/* Another group of the same user is as good as it gets. */
		return caller->uid == space->uid ? 0 : -EPERM;
	}

	acting = true;
	if (caller->in_group) {
		gid_t group = caller->group;

		acting_in_group = syscall(SYS_setgroups, 1, &group) == 0;
	}
	setfsgid(caller->gid);
	setfsuid(caller->uid);
	/* setfsuid() answers with the old value either way: look again. */
	if (setfsuid((uid_t)-1) != (int)caller->uid ||
		setfsgid((gid_t)-1) != (int)caller->gid) {
		caller_restore(space);
		return -EPERM;
	}
	if (caller->uid != 0)
		change_effective(1u << CAP_FSETID,
			1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH |
				1u << CAP_MKNOD);
	return 0;
}

void caller_restore(struct space *space)
{
	if (!acting)
		return;
	acting = false;
	setfsuid(space->uid);
	setfsgid(space->gid);
	if (acting_in_group)
		syscall(SYS_setgroups, 0, NULL);
	acting_in_group = false;
	/* Going back to user 0 raises the file system capabilities again,
	 * but only those that were dropped by the change of user. */
	change_effective(0, UINT32_MAX);
}
