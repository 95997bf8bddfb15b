/* SPDX-License-Identifier: MIT */
/* The wishes as files of the network manager: which one, its files read, what shall be in them. */
#include "cmd/persist.h"

#include <string.h>

#include "kern/tree.h"
#include "persist/detect.h"
#include "persist/text.h"

static const char *names_text(struct arena *a)
{
	const char *text = "auto, none";

	for (const struct backend *b = backends; b->name; b++)
		text = arena_printf(a, "%s, %s", text, b->name);
	return text;
}

/* The word that counts: of the command line, else of the intent. NULL: files are left alone. */
static const char *word_of(const struct session *s, const struct options *o)
{
	const char *in = s->intent.persist.v;

	if (o->no_persist)
		return NULL;
	if (!o->persist)
		return in;
	if (o->persist[0])
		return o->persist;
	return in && strcmp(in, "none") != 0 ? in : "auto";
}

/* To look only: what can not be looked at is told, and is no reason not to look at the rest. */
static void left_alone(struct session *s, const char *text)
{
	*vec_add(s->arena, &s->remarks) = (struct remark){ .text = arena_strdup(s->arena, text), .left_alone = true };
}

/* By who runs the ports that are wished, once for the run. */
static int detect(struct session *s)
{
	struct tree t = { 0 };
	const char *why = "";

	tree_read(s->root ? s->root : "", detect_reads, s->arena, &t);
	const char *name = detect_backend(&t, &s->wishes, s->arena, &why);
	s->persist.backend = name ? backend_by_name(name) : NULL;
	if (s->persist.backend)
		return EXIT_OK;
	if (s->intent.only_look) {
		left_alone(s, arena_printf(s->arena, "files: %s", why));
		s->persist.wanted = false;
		return EXIT_OK;
	}
	if (name)
		return complain(EXIT_FAILED, "persist: %s: %s is not available in this version; there is %s", why, name,
				names_text(s->arena));
	return complain(EXIT_FAILED, "persist: %s", why);
}

int persist_choose(struct session *s, const struct options *o)
{
	const char *word = word_of(s, o);

	if (o->persist && o->no_persist)
		return complain(EXIT_USAGE, "one of --persist and --no-persist");
	if (!word)
		return EXIT_OK;
	/* the files are of all ports: with some of them left out they would lose the others' lines */
	if (s->intent.only.n && o->persist)
		return complain(EXIT_USAGE, "--persist: the files are of all ports of the intent: leave --port out");
	if (s->intent.only.n)
		return EXIT_OK;
	s->persist.wanted = true;
	if (strcmp(word, "none") == 0)
		return EXIT_OK;
	s->persist.detect = strcmp(word, "auto") == 0;
	if (s->persist.detect)
		return EXIT_OK;
	s->persist.backend = backend_by_name(word);
	if (s->persist.backend)
		return EXIT_OK;
	return complain(EXIT_USAGE, "persist: '%s' is not available in this version: there is %s", word,
			names_text(s->arena));
}

/* The files that the backend wants to see. A link is followed, to look at; it is not written to. */
static struct files files_see(struct session *s, const struct backend *b, bool tell)
{
	struct files seen = { 0 };
	struct tree t = { 0 };

	tree_read(s->root ? s->root : "", b->reads, s->arena, &t);
	for vec_each(tf, &t) {
		const struct file shown = { .path = tf->path, .text = tf->text, .len = strlen(tf->text) };

		(void)node_read_file(s->kern, s->arena, &s->node, tf->path, NULL); /* told where it matters */
		const struct file *f = node_file(&s->node, tf->path);
		if (f || !tf->unread)
			*vec_add(s->arena, &seen) = f ? *f : shown;
		else if (tell)
			*vec_add(s->arena, &s->remarks) = (struct remark){
				.text = arena_printf(s->arena, "%s: could not be looked at", tf->path),
			};
	}
	return seen;
}

static const char *version_ask(struct session *s, const struct backend *b)
{
	char out[256];

	/* below another root there may be another version */
	if (!b->version || s->root || s->kern->run(s->kern, b->version, out, sizeof(out), NULL) < 0)
		return "";
	return arena_printf(s->arena, "%.*s", (int)strcspn(out, "\n"), out);
}

/* wanted: the wishes go into its files; else only what is ours goes from them. */
static void backend_run(struct session *s, const struct backend *b, bool wanted)
{
	const struct wishes none = { 0 };
	struct persist_notes notes = { 0 };
	struct file_wishes files = { 0 };
	struct files seen = files_see(s, b, wanted);
	const struct persist_in in = {
		.arena = s->arena, .wishes = wanted ? &s->wishes : &none, .node = &s->node, .seen = &seen,
		.version = wanted ? version_ask(s, b) : "", .script_names = s->persist.script_names,
	};

	b->write(&in, &files, &notes);
	for vec_each(w, &files)
		if (wanted || b->edits || w->is == OPT_NONE)
			*vec_add(s->arena, &s->wishes.files) = *w;
	for (size_t i = 0; wanted && i < notes.n; i++) {
		*vec_add(s->arena, &s->remarks) = (struct remark){ .port = notes.at[i].port, .text = notes.at[i].text };
		s->persist.fatal |= notes.at[i].fatal;
	}
}

/* Why the file may not be written or removed; NULL: it may. What is somebody else's could not be told from ours
 * when it is to be taken back. */
static const char *refusal(struct session *s, const struct file_wish *w)
{
	const char *path = w->path;
	struct err e = { 0 };

	if (node_read_file(s->kern, s->arena, &s->node, path, &e) < 0)
		return arena_strdup(s->arena, e.text);
	const struct file *f = node_file(&s->node, path);
	if (f && !w->edits && !persist_is_ours(f) && !script_wrote(s->arena, f))
		return arena_printf(s->arena, "%s: was not written by doroce, and is left alone: move it away", path);
	return NULL;
}

static int files_check(struct session *s)
{
	struct file_wishes may = { 0 };
	int status = EXIT_OK;

	for vec_each(w, &s->wishes.files) {
		const char *why = refusal(s, w);

		if (!why)
			*vec_add(s->arena, &may) = *w;
		else if (s->intent.only_look)
			left_alone(s, why);
		else
			status = complain(EXIT_FAILED, "%s", why);
	}
	s->wishes.files = may;
	return status == EXIT_OK ? status : complain(status, "nothing was written");
}

static bool is_there(struct session *s, const char *path)
{
	return node_read_file(s->kern, s->arena, &s->node, path, NULL) < 0 || node_file(&s->node, path);
}

/* The hook of openibd serves both files that `doroce reapply` reads. */
static int boot_alone_wish(struct session *s)
{
	backend_run(s, &persist_boot_script, !s->persist.gone);
	if (!s->persist.gone || !is_there(s, PERSIST_BOOT))
		backend_run(s, &persist_openibd, !s->persist.gone);
	return files_check(s);
}

static bool has_qos(const struct wishes *ws)
{
	for (size_t i = 0; i < ws->n; i++)
		for (const struct setting *q = settings; q < settings + SETTING_N; q++)
			if (q->read && setting_is_wished(q, &ws->at[i]))
				return true;
	return false;
}

/* QoS of a configure takes the place of doRoCE's. */
static void boot_wish(struct session *s)
{
	bool wanted = s->persist.backend && !s->persist.script_names, over = wanted && has_qos(&s->wishes);

	backend_run(s, &persist_boot, wanted);
	if (over)
		backend_run(s, &persist_boot_script, false);
	backend_run(s, &persist_openibd, wanted || is_there(s, PERSIST_BOOT_SCRIPT));
}

int persist_wish(struct session *s)
{
	if (!s->persist.wanted)
		return EXIT_OK;
	if (s->persist.boot_alone)
		return boot_alone_wish(s);
	if (s->persist.detect && !s->persist.backend && detect(s) != EXIT_OK)
		return EXIT_FAILED;
	if (!s->persist.wanted)
		return EXIT_OK;
	s->persist.fatal = false;
	for (const struct backend *b = backends; b->name; b++)
		backend_run(s, b, b == s->persist.backend);
	backend_run(s, &persist_sysctl, s->persist.backend != NULL);
	boot_wish(s);
	return files_check(s);
}

int persist_check(struct session *s)
{
	if (s->persist.fatal)
		return complain(EXIT_FAILED, "nothing was written: %s can not give this back after a boot, see above",
				s->persist.backend->name);
	for vec_each(op, &s->plan.ops) {
		const struct value *v = op->want.kind == VALUE_FILE ? &op->want : &op->old;
		struct err e = { 0 };

		if (v->kind == VALUE_FILE && s->kern->file_check(s->kern, v->file.path, &e) < 0)
			return complain(EXIT_FAILED, "%s: nothing was written", e.text);
	}
	return EXIT_OK;
}

int persist_reload(struct kern *k, const struct backend *b, struct err *e)
{
	char out[256];

	return b && b->reload ? k->run(k, b->reload, out, sizeof(out), e) : 0;
}

const char *persist_reload_text(const struct backend *b, struct arena *a)
{
	const char *text = NULL;

	for (const char *const *word = b ? b->reload : NULL; word && *word; word++)
		text = text ? arena_printf(a, "%s %s", text, *word) : *word;
	return text;
}
