/* One connection of a client: see conn.h. */
#include "control/conn.h"

#include "util/log.h"

int conn_init(struct conn *conn, const struct codec *codec)
{
	int r = prefix_table_init(&conn->prefixes);

	if (r < 0)
		return r;
	conn->codec = codec;
	conn->state = codec->new_state();
	if (!conn->state) {
		prefix_table_deinit(&conn->prefixes);
		return -ENOMEM;
	}
	return 0;
}

void conn_deinit(struct conn *conn)
{
	conn->codec->free_state(conn->state);
	prefix_table_deinit(&conn->prefixes);
}

static int register_prefix(
	struct conn *conn, struct request *req, const struct request_prefix *p)
{
	const char *path = request_text(req, p->path);
	struct sb_error err;
	int r;

	r = prefix_check(&conn->prefixes, p->number, path, p->path.len, &err);
	if (r < 0) {
		request_fail(req, "%s", err.text);
		return r;
	}
	r = prefix_add(&conn->prefixes, p->number, path, p->path.len);
	if (r < 0)
		request_fail(req, "Out of memory");
	return r;
}

/* Registers the request's prefixes, all or none. */
static void register_prefixes(struct conn *conn, struct request *req)
{
	size_t n, n_new = 0;
	struct request_prefix *p = request_prefixes(req, &n);

	for (size_t i = 0; i < n && !req->failed; i++) {
		p[i].added = register_prefix(conn, req, &p[i]) > 0;
		n_new += p[i].added;
	}
	if (!req->failed) {
		if (n_new)
			log_info("Registered %zu new prefixes", n_new);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (p[i].added)
			prefix_remove(&conn->prefixes, p[i].number);
}

static const struct prefix *find_prefix(
	struct conn *conn, struct request *req, uint32_t number)
{
	const struct prefix *prefix = prefix_find(&conn->prefixes, number);

	if (!prefix)
		request_fail(req, "Prefix %u does not exist", number);
	return prefix;
}

static void bind_mappings(struct conn *conn, struct request *req)
{
	size_t n;
	struct request_mapping *m = request_mappings(req, &n);

	for (size_t i = 0; i < n; i++) {
		m[i].path_bound = find_prefix(conn, req, m[i].path_prefix);
		if (!m[i].path_bound)
			return;
		m[i].target_bound = find_prefix(conn, req, m[i].target_prefix);
		if (!m[i].target_bound)
			return;
	}
}

static enum decoded bind(
	struct conn *conn, struct request *req, enum decoded decoded)
{
	if (decoded != DECODED_REQUEST || req->failed)
		return decoded;
	register_prefixes(conn, req);
	if (!req->failed)
		bind_mappings(conn, req);
	return decoded;
}

enum decoded conn_decode(struct conn *conn, struct request *req,
	const char *data, size_t len, size_t *used, struct sb_error *err)
{
	return bind(conn, req,
		conn->codec->decode(conn->state, req, data, len, used, err));
}

enum decoded conn_finish(
	struct conn *conn, struct request *req, struct sb_error *err)
{
	return bind(conn, req, conn->codec->finish(conn->state, req, err));
}
