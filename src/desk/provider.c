/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building the provider directory. A tree is made beside the one there is, out of hard links to what did not change, and
 * takes its place by exchanging the two names; so it is whole at any moment.
 */
#include "psirtty/desk/provider.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/csaf.h"
#include "psirtty/format/provider.h"

enum { DOCUMENT_LIMIT = 64 << 20, DEPTH = 16 };

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

/* One document that is published. */
struct source { struct provider_document document; struct str bytes, page; };
struct sources { struct source *items; size_t count, room; };

struct building {
	struct desk *desk;
	const char *base;
	char *fingerprint;               /* borrowed */
	struct str key;
	struct sources sources;
	struct provider_built *ret;
	desk_progress_fn progress;
	void *context;
	size_t done;
};

void provider_built_release(struct provider_built *built)
{
	for (size_t i = 0; i < built->tree_count; i++) {
		free(built->trees[i].label);
		free(built->trees[i].dir);
	}
	for (size_t i = 0; i < built->left_count; i++)
		free(built->left[i]);
	free(built->trees);
	free(built->left);
	*built = (struct provider_built){ 0 };
}

__attribute__((format(printf, 2, 3))) static void leave(struct building *b, const char *format, ...)
{
	va_list args;

	b->ret->left = mem_resize(b->ret->left, b->ret->left_count + 1, sizeof(*b->ret->left));
	va_start(args, format);
	b->ret->left[b->ret->left_count++] = mem_vformat(format, args);
	va_end(args);
}

/* ---- what is published */

static struct source *source_add(struct building *b, struct provider_document *document, const char *bytes, size_t length)
{
	struct sources *s = &b->sources;
	struct source *source;

	for (size_t i = 0; i < s->count; i++)
		if (str_equal(s->items[i].document.path, document->path)) {
			leave(b, _("%s is there twice: the first one is taken"), document->id);
			provider_document_release(document);
			return NULL;
		}
	s->items = mem_grow(s->items, &s->room, s->count + 1, sizeof(*s->items));
	source = &s->items[s->count++];
	source->document = *document;
	str_init(&source->bytes);
	str_init(&source->page);
	str_add_bytes(&source->bytes, bytes, length);
	return source;
}

static void sources_release(struct sources *s)
{
	for (size_t i = 0; i < s->count; i++) {
		provider_document_release(&s->items[i].document);
		str_release(&s->items[i].bytes);
		str_release(&s->items[i].page);
	}
	free(s->items);
}

/* The page for people beside a document: the same name with another ending. */
static int take_page(struct building *b, const struct case_record *record, const char *json_name, struct source *source,
		     struct error *err)
{
	AUTO_STRING name = mem_format("%.*s.html", (int)(strlen(json_name) - strlen(".json")), json_name);

	for (size_t i = 0; i < record_file_count(record); i++) {
		struct sealed_file file;

		record_file(record, i, &file);
		if (!str_equal(file.name, name))
			continue;
		source->document.page = mem_string(name);
		return desk_file_read(b->desk, &file, &source->page, err);
	}
	return 0;
}

static bool is_csaf_name(const char *name)
{
	return str_ends(name, ".json") && !strchr(name, '/') && strchr(name, '.') == strrchr(name, '.') &&
	       !str_starts(name, "CVE-");
}

static int take_file(struct building *b, const struct case_record *record, size_t n, struct error *err)
{
	struct provider_document document;
	struct sealed_file file;
	AUTO_STR bytes = STR_INIT;
	AUTO_JSON json = NULL;
	struct source *source;
	int code;

	record_file(record, n, &file);
	if (!file.name || !is_csaf_name(file.name))
		return 0;
	code = desk_file_read(b->desk, &file, &bytes, err);
	if (!code)
		code = js_load(bytes.bytes, bytes.length, DOCUMENT_LIMIT, file.name, &json, err);
	if (code || !provider_document_read(json, &document))
		return code;
	source = source_add(b, &document, bytes.bytes, bytes.length);
	return source ? take_page(b, record, file.name, source, err) : 0;
}

static int take_cases(struct building *b, struct error *err)
{
	const struct model *model = desk_model(b->desk);
	int code = 0;

	for (size_t i = 0; !code && i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		const struct case_record *last;

		if (!state->advisory || !state->advisory->version)
			continue;
		code = desk_whole_case(b->desk, state, err);
		if (code)
			break;
		last = case_record_at(state, EVENT_ADVISORY_PUBLISHED, case_record_count(state, EVENT_ADVISORY_PUBLISHED));
		for (size_t n = 0; last && !code && n < record_file_count(last); n++)
			code = take_file(b, last, n, err);
	}
	return code;
}

/* ---- what was published elsewhere */

static int take_foreign(struct building *b, struct judge *judge, const char *path, struct error *err)
{
	struct provider_document document;
	struct judged_facts facts;
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, DOCUMENT_LIMIT, &bytes, err);

	if (!code)
		code = judge_facts(judge, path, &facts, err);
	if (code == ERR_INPUT) {
		leave(b, _("%s is left out: %s"), path, str_or_empty(err->why));
		error_release(err);
		return 0;
	}
	if (code)
		return code;
	if (facts.count && str_equal(facts.rows[0].fields[0], "csaf") && facts.rows[0].count == 8) {
		char **f = facts.rows[0].fields;

		document = (struct provider_document){ .id = mem_string(f[1]), .title = mem_string(f[2]),
						       .summary = *f[3] ? mem_string(f[3]) : NULL, .initial = mem_string(f[4]),
						       .current = mem_string(f[5]), .label = mem_string(f[6]),
						       .path = mem_string(f[7]) };
		source_add(b, &document, bytes.bytes, bytes.length);
	} else {
		leave(b, _("%s is left out: it is no CSAF document"), path);
	}
	judged_facts_release(&facts);
	return 0;
}

static int take_folder(struct building *b, struct judge *judge, const char *dir, int depth, struct error *err)
{
	char **names;
	size_t count;
	int code = file_list(dir, &names, &count, err);

	if (code)
		return code;
	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (file_is_dir(path))
			code = depth < DEPTH ? take_folder(b, judge, path, depth + 1, err) : 0;
		else if (str_ends(names[i], ".json"))
			code = take_foreign(b, judge, path, err);
	}
	file_free_names(names, count);
	return code;
}

/* ---- one tree */

struct tree { struct building *b; const char *old, *new; struct provider provider; struct provider_tree *ret; };

/* Whether the file of the old tree holds these bytes already. */
static bool is_there(const char *path, const void *bytes, size_t length)
{
	AUTO_STR now = STR_INIT;
	struct stat status;

	return stat(path, &status) == 0 && (size_t)status.st_size == length &&
	       file_read(path, length + 1, &now, NULL) == 0 && now.length == length && memcmp(now.bytes, bytes, length) == 0;
}

static int make_parents(const char *path, struct error *err)
{
	AUTO_STRING dir = mem_copy(path, (size_t)(strrchr(path, '/') - path));

	return file_is_dir(dir) ? 0 : file_make_dir(dir, 0755, err);
}

static int write_new(const char *path, const void *bytes, size_t length, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), code = 0;

	if (fd < 0 || fd_write_all(fd, bytes, length) < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	if (fd >= 0 && close(fd) && !code)
		code = error_errno(err, ERR_INPUT, path, NULL);
	return code;
}

/* The file PATH with these bytes: taken over where the old tree has it so, else written. */
static int put(struct tree *t, const char *path, const void *bytes, size_t length, bool *ret_kept, struct error *err)
{
	AUTO_STRING old = file_join(t->old, path);
	AUTO_STRING new = file_join(t->new, path);
	int code = make_parents(new, err);
	bool kept = !code && is_there(old, bytes, length) && link(old, new) == 0;

	if (!code && !kept)
		code = write_new(new, bytes, length, err);
	t->ret->written += !code && !kept;
	t->ret->kept += !code && kept;
	if (ret_kept)
		*ret_kept = kept;
	return code;
}

static int put_sum(struct tree *t, const char *path, const char *suffix, const char *sum, struct error *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_STRING name = mem_format("%s%s", path, suffix);
	AUTO_STRING line = mem_format("%s  %s\n", sum, slash ? slash + 1 : path);

	return put(t, name, line, strlen(line), NULL, err);
}

/* A signature is different each time it is made: one that is of the same bytes by the same key is taken over. */
static int put_signature(struct tree *t, const char *path, const struct str *bytes, bool unchanged, struct error *err)
{
	AUTO_STRING name = mem_format("%s.asc", path);
	AUTO_STRING old = file_join(t->old, name);
	AUTO_STRING new = file_join(t->new, name);
	AUTO_STR signature = STR_INIT;
	int code;

	if (unchanged && link(old, new) == 0) {
		t->ret->kept++;
		return 0;
	}
	code = openpgp_sign(desk_openpgp(t->b->desk), bytes->bytes, bytes->length, t->b->fingerprint, true, &signature, NULL,
			    err);
	if (!code)
		code = write_new(new, signature.bytes, signature.length, err);
	t->ret->written += !code;
	return code;
}

static int put_document(struct tree *t, const struct provider_document *document, const struct source *source,
			bool same_key, struct error *err)
{
	AUTO_STRING path = provider_document_path(&t->provider, document);
	char sum[129];
	bool kept;
	int code = put(t, path, source->bytes.bytes, source->bytes.length, &kept, err);

	vault_sha256(source->bytes.bytes, source->bytes.length, sum);
	if (!code)
		code = put_sum(t, path, ".sha256", sum, err);
	vault_sha512(source->bytes.bytes, source->bytes.length, sum);
	if (!code)
		code = put_sum(t, path, ".sha512", sum, err);
	if (!code)
		code = put_signature(t, path, &source->bytes, kept && same_key, err);
	if (!code && document->page) {
		AUTO_STRING page = mem_format("advisories/%s", document->page);

		code = put(t, page, source->page.bytes, source->page.length, NULL, err);
	}
	return code;
}

static int put_files(struct tree *t, struct error *err)
{
	const struct provider_file *files = provider_files();
	int code = 0;

	for (size_t i = 0; !code && files[i].name; i++) {
		AUTO_STRING path = provider_file_path(&t->provider, &files[i]);
		AUTO_STR bytes = STR_INIT;

		files[i].write(&t->provider, &bytes);
		code = put(t, path, bytes.bytes, bytes.length, NULL, err);
	}
	return code;
}

/* Documents of the label, borrowed from the sources, with the place of each source. */
static size_t choose(struct building *b, const char *label, struct provider_document *documents)
{
	size_t count = 0;

	for (size_t i = 0; i < b->sources.count; i++)
		if (str_equal(b->sources.items[i].document.label, label))
			documents[count++] = b->sources.items[i].document;
	return count;
}

static const struct source *source_of(const struct building *b, const struct provider_document *document)
{
	for (size_t i = 0; i < b->sources.count; i++)
		if (b->sources.items[i].document.path == document->path)
			return &b->sources.items[i];
	return NULL;
}

static int fill_tree(struct tree *t, struct error *err)
{
	struct building *b = t->b;
	AUTO_STRING key = provider_key_path(&t->provider);
	bool same_key;
	int code = put(t, key, b->key.bytes, b->key.length, &same_key, err);

	for (size_t i = 0; !code && i < t->provider.count; i++) {
		const struct provider_document *document = &t->provider.documents[i];

		code = put_document(t, document, source_of(b, document), same_key, err);
		if (!code && b->progress && b->progress(b->context, ++b->done, b->sources.count))
			code = error_set(err, ERR_BUSY, t->old, NULL, _("cancelled; the tree is as it was"));
	}
	return code ? code : put_files(t, err);
}

/* ---- taking its place */

/* Only what a build makes may lie there: it goes when the tree is exchanged. */
static int check_ours(const char *dir, const char *const *allowed, struct error *err)
{
	struct dirent *entry;
	DIR *stream = opendir(dir);
	int code = 0;

	if (!stream)
		return errno == ENOENT ? 0 : error_errno(err, ERR_INPUT, dir, NULL);
	while (!code && (entry = readdir(stream))) {
		bool known = str_equal(entry->d_name, ".") || str_equal(entry->d_name, "..");

		for (size_t i = 0; allowed[i]; i++)
			known |= str_equal(entry->d_name, allowed[i]);
		if (!known)
			code = error_set(err, ERR_BUSY, dir, _("Name a folder that is for the provider's files alone"),
					 _("it holds %.100s, which no build made"), entry->d_name);
	}
	closedir(stream);
	return code;
}

static int check_tree(const char *dir, struct error *err)
{
	static const char *const top[] = { ".well-known", "advisories", NULL }, *const inner[] = { "csaf", "security.txt", NULL };
	AUTO_STRING below = file_join(dir, ".well-known");
	int code = check_ours(dir, top, err);

	return code ? code : check_ours(below, inner, err);
}

static int take_place(const char *new, const char *dir, struct error *err)
{
	int fd = open(new, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd)) {
		if (fd >= 0)
			close(fd);
		return error_errno(err, ERR_INPUT, new, NULL);
	}
	close(fd);
	if (!file_exists(dir))
		return rename(new, dir) ? error_errno(err, ERR_INPUT, dir, NULL) : 0;
	if (syscall(SYS_renameat2, AT_FDCWD, new, AT_FDCWD, dir, RENAME_EXCHANGE))
		return error_errno(err, ERR_INPUT, dir, _("Use a file system that can exchange two names (ext4, XFS, btrfs, tmpfs)"));
	return file_remove_tree(new, err);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? mem_string("/") : slash ? mem_copy(path, (size_t)(slash - path)) : mem_string(".");
}

/* What a build that was killed left there. */
static void sweep(const char *dir)
{
	AUTO_STRING parent = folder_of(dir);
	const char *slash = strrchr(dir, '/');
	AUTO_STRING prefix = mem_format("%s.new-", slash ? slash + 1 : dir);
	char **names;
	size_t count;

	if (file_list(parent, &names, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = file_join(parent, names[i]);

		if (str_starts(names[i], prefix))
			file_remove_tree(path, NULL);
	}
	file_free_names(names, count);
}

static int build_tree(struct building *b, const char *label, const char *dir, struct error *err)
{
	const struct policy *policy = model_policy(desk_model(b->desk));
	struct provider_document *documents = mem_alloc((b->sources.count + 1) * sizeof(*documents));
	AUTO_STRING new = mem_format("%s.new-XXXXXX", dir);
	struct provider_tree *ret;
	struct tree tree = { .b = b, .old = dir, .new = new,
			     .provider = { .base = b->base, .publisher = policy->publisher,
					   .namespace_url = policy->namespace_url, .contact = policy->contact,
					   .fingerprint = b->fingerprint, .label = label, .documents = documents } };
	int code = check_tree(dir, err);

	tree.provider.count = choose(b, label, documents);
	provider_sort(&tree.provider);
	if (!code && (!mkdtemp(new) || chmod(new, 0755)))
		code = error_errno(err, ERR_INPUT, new, NULL);
	if (code) {
		free(documents);
		return code;
	}
	b->ret->trees = mem_resize(b->ret->trees, b->ret->tree_count + 1, sizeof(*b->ret->trees));
	ret = tree.ret = &b->ret->trees[b->ret->tree_count++];
	*ret = (struct provider_tree){ .label = mem_string(label), .dir = mem_string(dir), .documents = tree.provider.count };
	code = fill_tree(&tree, err);
	if (!code)
		code = take_place(new, dir, err);
	if (code)
		file_remove_tree(new, NULL);
	free(documents);
	return code;
}

/* ---- all of them */

static int write_snippets(struct building *b, const char *dir, struct error *err)
{
	static const struct { const char *name; void (*write)(const struct provider *, struct str *); } rows[] = {
		{ "nginx.conf", provider_nginx }, { "apache.conf", provider_apache }, { "CHECKLIST", provider_checklist },
	};
	AUTO_STRING folder = mem_format("%s.server", dir);
	int code = file_make_dir(folder, 0755, err);

	for (size_t i = 0; !code && i < b->ret->tree_count; i++)
		for (size_t k = 0; !code && k < ARRAY_LEN(rows); k++) {
			const struct provider provider = { .base = b->base, .label = b->ret->trees[i].label,
							   .fingerprint = b->fingerprint, .publisher = "" };
			AUTO_STRING name = mem_format("%s.%s", b->ret->trees[i].label, rows[k].name);
			AUTO_STRING path = file_join(folder, name);
			AUTO_STR text = STR_INIT;

			rows[k].write(&provider, &text);
			if (!is_there(path, text.bytes, text.length))
				code = file_write(path, text.bytes, text.length, 0644, err);
		}
	return code;
}

static int build_trees(struct building *b, const char *dir, struct error *err)
{
	static const struct { const char *label, *suffix; } rows[] = {
		{ "WHITE", "" }, { "GREEN", ".green" }, { "AMBER", ".amber" }, { "RED", ".red" },
	};
	int code = 0;

	for (size_t i = 0; i < b->sources.count; i++)
		if (str_equal(b->sources.items[i].document.label, "UNLABELED"))
			leave(b, _("%s is left out: it has no TLP label, so nobody said who may read it"),
			      b->sources.items[i].document.id);
	for (size_t i = 0; !code && i < ARRAY_LEN(rows); i++) {
		AUTO_STRING tree = mem_format("%s%s", dir, rows[i].suffix);
		bool needed = i == 0 || file_exists(tree);

		for (size_t k = 0; k < b->sources.count; k++)
			needed |= str_equal(b->sources.items[k].document.label, rows[i].label);
		if (!needed)
			continue;
		sweep(tree);
		code = build_tree(b, rows[i].label, tree, err);
	}
	return code ? code : write_snippets(b, dir, err);
}

static int check_policy(const struct policy *policy, struct error *err)
{
	const struct { const char *value, *field; } needs[] = {
		{ policy->publisher, "publisher" }, { policy->namespace_url, "namespace" }, { policy->provider, "provider" },
	};

	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		if (!needs[i].value || !*needs[i].value) {
			AUTO_STRING remedy = mem_format(_("Supply it with `policy set %s`"), needs[i].field);

			return error_set(err, ERR_NO, "provider build", remedy, _("the policy has no %s"), needs[i].field);
		}
	if (!str_starts(policy->provider, "https://"))
		return error_set(err, ERR_NO, policy->provider, _("Set one with `policy set provider https://…`"),
				 _("a provider is served over TLS"));
	return 0;
}

/* One build at a time in a folder. */
static int lock(const char *dir, int *ret, struct error *err)
{
	AUTO_STRING parent = folder_of(dir);
	int code = file_make_dir(parent, 0755, err), fd;

	if (code)
		return code;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, ERR_INPUT, parent, NULL);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return error_set(err, ERR_BUSY, dir, _("Try again when it is done"), _("another build is running there"));
	}
	*ret = fd;
	return 0;
}

static int gather(struct building *b, const char *from, struct judge *judge, struct error *err)
{
	int code = openpgp_export(desk_openpgp(b->desk), b->fingerprint, &b->key, err);

	if (!code)
		code = take_cases(b, err);
	if (!code && from)
		code = take_folder(b, judge, from, 0, err);
	return code;
}

int desk_provider_build(struct desk *desk, const char *path, const char *from, struct judge *judge,
			desk_progress_fn progress, void *context, instant now, struct provider_built *ret, struct error *err)
{
	const struct policy *policy = model_policy(desk_model(desk));
	struct provider_built built = { 0 };
	struct building b = { .desk = desk, .ret = &built, .progress = progress, .context = context };
	AUTO_STRING base = mem_string(str_or_empty(policy->provider));
	AUTO_STRING dir = mem_string(path);
	AUTO_STRING fingerprint = mem_string(vault_fingerprint(desk->vault));
	int code = check_policy(policy, err), fd = -1;

	(void)now;
	for (size_t n = strlen(base); n && base[n - 1] == '/'; n--)
		base[n - 1] = '\0';
	for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
		dir[n - 1] = '\0';
	b.base = base;
	b.fingerprint = fingerprint;
	str_init(&b.key);
	if (!code)
		code = lock(dir, &fd, err);
	if (!code)
		code = gather(&b, from, judge, err);
	if (!code)
		code = build_trees(&b, dir, err);
	if (fd >= 0)
		close(fd);
	sources_release(&b.sources);
	str_release(&b.key);
	if (code)
		provider_built_release(&built);
	else
		*ret = built;
	return code;
}
