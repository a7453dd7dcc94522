/* SPDX-License-Identifier: BSD-3-Clause */
/* Judges settings and what they name, each thing by itself. */
#include <config.h>

#include "module/check/review.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "lib/crypto/sitekey.h"
#include "lib/policy/policy.h"
#include "lib/yaml/tree.h"
#include "module/base/conf.h"
#include "module/base/permissions.h"
#include "module/generation/state.h"
#include "module/host/module_order.h"
#include "module/report/logfile.h"

enum { HIDDEN_SHOWN_MAX = 20 };

struct hrd_settings *
hrd_review_blank(void)
{
	static const char text[] = "policies: [{path: /}]\n";
	char path[] = "/tmp/hradba-checkconf-XXXXXX";
	struct hrd_settings *blank = NULL;
	int fd = mkstemp(path);
	bool passing;

	if (fd < 0)
		return NULL;
	if (write(fd, text, sizeof(text) - 1) != (ssize_t)sizeof(text) - 1 ||
	    hrd_settings_read(path, NULL, 0, NULL, &passing, &blank) != HRD_OK)
		blank = NULL;
	close(fd);
	unlink(path);
	return blank;
}

/* What is found from here on is about this value of the settings; NULL: about the whole file. */
static void
look_at(struct hrd_review *j, const struct hrd_yaml_node *node)
{
	hrd_findings_at(
	    j->findings, j->path, node != NULL ? node->line : 0, node != NULL ? node->col : 0);
}

static void
judge_access(struct hrd_review *j, const char *path, enum hrd_access wanted)
{
	char why[HRD_ACCESS_WHY_MAX];

	if (j->user != NULL && !hrd_access_allowed(j->user, path, wanted, why))
		hrd_findings_add(j->findings, true, NULL, 0, "settings-access",
		    "%s; give it the permission, or name another place", why);
}

/* The same of what need not be there. */
static void
judge_access_if_there(struct hrd_review *j, const char *path, enum hrd_access wanted)
{
	struct stat st;

	if (path != NULL && stat(path, &st) == 0)
		judge_access(j, path, wanted);
}

static uid_t
server_of(const struct hrd_review *j)
{
	return j->user != NULL ? j->user->uid : geteuid();
}

/* Who else can change a file, or replace it. */
static void
judge_writers(struct hrd_review *j, const char *path)
{
	hrd_warn_unsafe(path, server_of(j), true);
}

static void
judge_directory(struct hrd_review *j, const char *directory, const char *key)
{
	struct stat st;

	if (stat(directory, &st) != 0)
		hrd_findings_add(j->findings, true, NULL, 0, "settings-directory",
		    "%s: there is no directory %s: create it, writable for the server", key,
		    directory);
	else if (!S_ISDIR(st.st_mode))
		hrd_findings_add(j->findings, true, NULL, 0, "settings-directory",
		    "%s: %s is no directory; name one that is writable for the server", key,
		    directory);
	else
		judge_access(j, directory, HRD_ACCESS_WRITE);
}

/* The directory of a file that the server makes there. */
static void
judge_directory_of(struct hrd_review *j, const char *file, const char *key)
{
	const char *slash = strrchr(file, '/');
	char directory[4096];

	if (slash == NULL || (size_t)(slash - file) >= sizeof(directory))
		return;
	snprintf(
	    directory, sizeof(directory), "%.*s", slash == file ? 1 : (int)(slash - file), file);
	judge_directory(j, directory, key);
}

/* The path that the file has there, whatever is wrong with other keys beside it; NULL: none. */
static const char *
path_at(const struct hrd_yaml_node *node)
{
	return node != NULL && node->kind == HRD_YAML_SCALAR && !node->broken &&
		       node->text[0] == '/'
		   ? node->text
		   : NULL;
}

/* A file that the server writes: one that is there already is added to. */
static void
judge_log(struct hrd_review *j, const struct hrd_yaml_node *node, const char *key)
{
	const char *file = path_at(node);
	struct stat st;
	bool there = file != NULL && stat(file, &st) == 0;

	look_at(j, node);
	if (there && S_ISDIR(st.st_mode))
		hrd_findings_add(j->findings, true, NULL, 0, "settings-path",
		    "%s: %s is a directory; name a file in it", key, file);
	if (there && !S_ISDIR(st.st_mode))
		judge_access(j, file, HRD_ACCESS_ADD);
	else if (file != NULL)
		judge_directory_of(j, file, key);
}

/* A page that the server replaces; that its directory is not there was told already. */
static void
judge_page(struct hrd_review *j, const struct hrd_yaml_node *node, const char *key)
{
	const char *file = path_at(node);
	char *directory =
	    file != NULL ? strndup(file, (size_t)(strrchr(file, '/') + 1 - file)) : NULL;
	struct stat st;

	look_at(j, node);
	if (directory != NULL && stat(directory, &st) == 0 && S_ISDIR(st.st_mode))
		judge_access(j, directory, HRD_ACCESS_WRITE);
	if (file != NULL && stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		hrd_findings_add(j->findings, true, NULL, 0, "settings-path",
		    "%s: %s is a directory; name a file in it", key, file);
	free(directory);
}

/* Where a chained log goes on: whether it is known, so that its first key is needed no more. */
static bool
judge_chain(struct hrd_review *j, const char *state_dir, const char *file)
{
	char *state =
	    state_dir != NULL && file != NULL ? hrd_logfile_state_path(state_dir, file) : NULL;
	struct stat st;
	bool known = file == NULL ||
		     (state != NULL && (stat(state, &st) == 0 ? st.st_size > 0 : errno != ENOENT));

	/* The last line is read. */
	if (file != NULL && stat(file, &st) == 0 && S_ISREG(st.st_mode))
		judge_access(j, file, HRD_ACCESS_READ);
	judge_access_if_there(j, state, HRD_ACCESS_READ);
	judge_access_if_there(j, state, HRD_ACCESS_ADD);
	free(state);
	return known;
}

/* Whether the server takes this key, its permissions aside. */
static bool
takes_key(struct hrd_review *j, const char *path, enum hrd_site_key_kind kind, const char **reason)
{
	uint8_t key[HRD_SITE_KEY_LEN];
	int status = hrd_site_key_read(path, kind, server_of(j), key, reason);

	explicit_bzero(key, sizeof(key));
	return status == HRD_OK;
}

/* The chains of both logs, and their first key. */
static void
judge_chains(struct hrd_review *j, const struct hrd_settings *settings,
    const struct hrd_yaml_node *events, const struct hrd_yaml_node *audit)
{
	const struct hrd_yaml_node *node = hrd_yaml_get(events, "chain-key");
	const char *path = path_at(node), *reason;
	bool known;

	if (!settings->events.chain && path == NULL)
		return;
	look_at(j, hrd_yaml_get(events, "chain"));
	known = judge_chain(j, settings->state_dir, path_at(hrd_yaml_get(events, "file")));
	known &= judge_chain(j, settings->state_dir, path_at(hrd_yaml_get(audit, "file")));
	if (known || path == NULL)
		return;
	look_at(j, node);
	if (!takes_key(j, path, HRD_SITE_KEY_LOG, &reason))
		hrd_findings_add(j->findings, true, NULL, 0, "settings-site-key",
		    "cannot take the log key %s: %s", path, reason);
	else
		judge_access(j, path, HRD_ACCESS_READ);
}

/* What the server writes beside the files of state-dir. root: of the settings file. */
static void
judge_sinks(
    struct hrd_review *j, const struct hrd_settings *settings, const struct hrd_yaml_node *root)
{
	const struct hrd_yaml_node *events = hrd_yaml_get(root, "events"),
				   *audit = hrd_yaml_get(root, "audit"),
				   *key = hrd_yaml_get(events, "pseudonym-key");
	const char *reason;

	judge_log(j, hrd_yaml_get(events, "file"), "events");
	judge_page(j, hrd_yaml_get(hrd_yaml_get(root, "metrics"), "file"), "metrics");
	judge_log(j, hrd_yaml_get(audit, "file"), "audit");
	judge_chains(j, settings, events, audit);
	if (path_at(key) == NULL)
		return;
	look_at(j, key);
	/* What is wrong with the key itself was told when the settings were read. */
	if (takes_key(j, path_at(key), HRD_SITE_KEY_PSEUDONYM, &reason))
		judge_access(j, path_at(key), HRD_ACCESS_READ);
}

/* What a start reads of what was kept: these files are replaced, not written to. */
static void
judge_state(struct hrd_review *j, const struct hrd_settings *settings)
{
	static const char *const kinds[] = { HRD_STATE_COPY, HRD_STATE_ACCEPTED };
	char path[PATH_MAX];

	for (size_t i = 0; i < settings->policy_count; i++) {
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			char *kept = hrd_state_path(
			    settings->state_dir, settings->policies[i].path, kinds[k]);

			judge_access_if_there(j, kept, HRD_ACCESS_READ);
			free(kept);
		}
	}
	snprintf(path, sizeof(path), "%s/installation", settings->state_dir);
	judge_access_if_there(j, path, HRD_ACCESS_READ);
}

static void
judge_state_dir(struct hrd_review *j, const struct hrd_settings *settings)
{
	if (settings->state_dir == NULL)
		return;
	look_at(j, settings->sources[HRD_SETTING_STATE_DIR].node);
	judge_directory(j, settings->state_dir, "state-dir");
	judge_state(j, settings);
	hrd_warn_unsafe_directory(settings->state_dir, server_of(j), true);
	for (size_t i = 0; i < settings->policy_count; i++) {
		const struct hrd_policy_settings *policy = &settings->policies[i];

		hrd_findings_at(j->findings, j->path, policy->line, policy->col);
		if (policy->key_count == 0)
			hrd_warn_replaceable(policy->path, settings->state_dir, true);
	}
	hrd_findings_at(j->findings, NULL, 0, 0);
}

static void
judge_expiry(
    struct hrd_review *j, const struct hrd_policy_settings *policy, const struct hrd_image *image)
{
	const struct hrd_policy_info *info = hrd_policy_info(image->policy);
	char text[HRD_TIME_TEXT_MAX];

	if (info->not_after == 0 || info->not_after > (uint64_t)j->now)
		return;
	hrd_time_text(info->not_after, text);
	hrd_findings_add(j->findings, true, NULL, 0, "image-expired",
	    "%s: serial %u expired at %s; fetch or build a newer image", policy->path,
	    (unsigned)info->serial, text);
}

/* Gives its image, or what stands in for it, for whoever wants it; or NULL. */
static struct hrd_image *
judge_policy(struct hrd_review *j, const struct hrd_policy_settings *policy, const char *state_dir)
{
	struct hrd_image_want want = { .policy = policy, .state_dir = state_dir, .dry = true };
	struct hrd_image *image = NULL;

	hrd_findings_at(j->findings, j->path, policy->line, policy->col);
	(void)!hrd_image_get(&want, &image);
	if (image != NULL)
		judge_expiry(j, policy, image);
	judge_access_if_there(j, policy->path, HRD_ACCESS_READ);
	judge_writers(j, policy->path);
	for (size_t i = 0; i < policy->key_count; i++) {
		judge_access(j, policy->key_paths[i], HRD_ACCESS_READ);
		judge_writers(j, policy->key_paths[i]);
	}
	hrd_findings_at(j->findings, NULL, 0, 0);
	return image;
}

/* Each by itself, then all together. */
static void
judge_policies(struct hrd_review *j, struct hrd_settings *settings)
{
	struct hrd_image **images = calloc(settings->policy_count + 1, sizeof(struct hrd_image *));

	if (images == NULL) {
		j->findings->nomem = true;
		return;
	}
	for (size_t i = 0; i < settings->policy_count; i++)
		images[i] = judge_policy(j, &settings->policies[i], settings->state_dir);
	hrd_generation_judge(settings, images, j->path);
	for (size_t i = 0; i < settings->policy_count; i++)
		hrd_image_release(images[i]);
	free(images);
}

/* Where one policy has a fault none is taken from the file: the images are looked at all the same,
 * without the keys. */
static void
judge_named_images(struct hrd_review *j, const struct hrd_yaml_node *list)
{
	for (const struct hrd_yaml_node *c = list != NULL ? list->child : NULL; c != NULL;
	     c = c->next) {
		struct hrd_policy_settings alone = {
			.line = c->line, .col = c->col, .path = path_at(hrd_yaml_get(c, "path"))
		};

		if (alone.path != NULL)
			hrd_image_release(judge_policy(j, &alone, NULL));
	}
}

static void
judge_allow(struct hrd_review *j, const struct hrd_yaml_node *node)
{
	const char *path = path_at(node);
	struct hrd_allow_file *file = NULL;
	struct hrd_allow_list *list = NULL;
	struct hrd_allow *allow = NULL;
	unsigned before = j->findings->errors;
	bool passing;
	int status;

	if (path == NULL)
		return;
	look_at(j, node);
	status = hrd_allow_file_read(path, &passing, &file);
	if (status == HRD_OK)
		status = hrd_allow_list_make(&file, 1, NULL, &list);
	if (status == HRD_OK)
		status = hrd_allow_make(list, j->now, NULL, &allow);
	if (status == HRD_OK)
		judge_access(j, path, HRD_ACCESS_READ);
	else if (j->findings->errors == before)
		hrd_findings_add(j->findings, true, NULL, 0, "settings-allow",
		    "cannot take the allow list %s: nothing is exempt by it", path);
	judge_writers(j, path);
	hrd_findings_at(j->findings, NULL, 0, 0);
	hrd_allow_release(allow);
	hrd_allow_list_release(list);
	hrd_allow_file_release(file);
}

/* One file, or a list of some. */
static void
judge_allows(struct hrd_review *j, const struct hrd_yaml_node *node)
{
	judge_allow(j, node);
	for (const struct hrd_yaml_node *c =
		 node != NULL && node->kind == HRD_YAML_LIST ? node->child : NULL;
	     c != NULL; c = c->next)
		judge_allow(j, c);
}

static void
judge_order(struct hrd_review *j)
{
	const char *modules = j->host->modules != NULL ? j->host->modules : "validator iterator";
	const char *fault = hrd_module_order_fault(modules);

	if (fault != NULL)
		hrd_findings_add(j->findings, true,
		    j->host->modules_file != NULL ? j->host->modules_file : j->host_path,
		    j->host->modules_line, "host-modules", "module-config: \"%s\": %s", modules,
		    fault);
	if (!j->host->dynlib)
		hrd_findings_add(j->findings, true, j->host_path, 0, "host-dynlib",
		    "no dynlib-file: name the module hradba.so in a clause dynlib:");
}

/* A listed name that the server answers by itself; "" when there is none. */
static void
find_hidden(
    const struct hrd_policy *policy, const struct hrd_host_name *host, char text[HRD_NAME_TEXT_MAX])
{
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name = { .len = 1 };

	text[0] = '\0';
	if (hrd_policy_find(policy, HRD_TRIGGER_QNAME, host->name.wire, host->name.len, &match)) {
		hrd_name_to_text(&host->name, text);
		return;
	}
	hrd_policy_walk_init(&walk, policy);
	while (host->subtree && hrd_policy_walk_next(&walk, &name, &match)) {
		if (match.trigger == HRD_TRIGGER_QNAME &&
		    hrd_name_is_at_or_below(&name, &host->name)) {
			hrd_name_to_text(&name, text);
			return;
		}
	}
}

/* The same in any of the policies that are in force. */
static void
find_hidden_in_all(const struct hrd_generation *generation, const struct hrd_host_name *host,
    char text[HRD_NAME_TEXT_MAX])
{
	text[0] = '\0';
	for (size_t k = 0; k < generation->layers.count && text[0] == '\0'; k++) {
		if (strcmp(generation->layers.layer[k].info->id, HRD_ALLOW_ID) != 0)
			find_hidden(generation->layers.layer[k].policy, host, text);
	}
}

static void
report_hidden(struct hrd_review *j, const struct hrd_host_name *host, const char *listed)
{
	char name[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&host->name, name);
	hrd_findings_add(j->findings, host->file != NULL,
	    host->file != NULL ? host->file : j->host_path, host->line, "host-hides",
	    "the server answers %s by its own %s%s%s%s before the policy: %s is listed and not "
	    "blocked by it",
	    name, host->file != NULL ? "" : "default ", host->kind,
	    host->view != NULL ? " of view " : "", host->view != NULL ? host->view : "", listed);
}

/* What the server answers before any module is asked is not subject to the policy. Of very many
 * the first are listed, and all are counted. */
static void
judge_hidden(struct hrd_review *j, const struct hrd_generation *generation)
{
	unsigned found = 0;

	for (size_t i = 0; i < j->host->count; i++) {
		char listed[HRD_NAME_TEXT_MAX];

		find_hidden_in_all(generation, &j->host->names[i], listed);
		if (listed[0] != '\0' && found++ < HIDDEN_SHOWN_MAX)
			report_hidden(j, &j->host->names[i], listed);
	}
	if (found <= HIDDEN_SHOWN_MAX)
		return;
	hrd_findings_add(j->findings, true, j->host_path, 0, "host-hides",
	    "the server answers %u more names by itself before the policy that are listed, or have "
	    "listed ones below: they are not blocked either",
	    found - HIDDEN_SHOWN_MAX);
	/* That finding is one of them; warnings, of which there are few, stand first. */
	j->findings->errors += found - HIDDEN_SHOWN_MAX - 1;
}

/* What the settings name. What stands beside a fault is found in the file itself. */
static void
judge_named(struct hrd_review *j, struct hrd_settings *settings)
{
	struct hrd_conf conf = { .file = j->path };
	struct hrd_yaml *document = NULL;
	const struct hrd_yaml_node *root;

	if (hrd_conf_open_marked(&conf, j->path, &document) != HRD_OK)
		return;
	root = hrd_yaml_root(document);
	/* "/" stands in for policies with a fault (hrd_review_blank()). */
	if (settings->policy_count == 1 && strcmp(settings->policies[0].path, "/") == 0)
		judge_named_images(j, hrd_yaml_get(root, "policies"));
	else
		judge_policies(j, settings);
	judge_allows(j, hrd_yaml_get(root, "local-allow"));
	judge_state_dir(j, settings);
	judge_sinks(j, settings, root);
	hrd_findings_at(j->findings, NULL, 0, 0);
	hrd_yaml_free(document);
}

static bool
judge_files(struct hrd_review *j)
{
	struct hrd_settings *settings = NULL;
	bool passing = false;
	uid_t server = server_of(j);
	int status = hrd_settings_read(j->path, j->blank, j->now, &server, &passing, &settings);

	if (settings != NULL) {
		look_at(j, NULL);
		judge_access(j, j->path, HRD_ACCESS_READ);
		judge_writers(j, j->path);
		hrd_findings_at(j->findings, NULL, 0, 0);
		judge_named(j, settings);
	}
	hrd_settings_release(settings);
	return status != HRD_EIO && status != HRD_ENOENT && status != HRD_ENOMEM;
}

/* What a start would have in force: all is read with the eyes of the server's user, whom a file may
 * be closed to that was open to us. */
static void
load_as_server(struct hrd_review *j, struct hrd_generation **out)
{
	uid_t server = server_of(j);
	struct hrd_load load = {
		.settings_path = j->path, .now = j->now, .server = &server, .dry = true
	};
	struct hrd_self self = { 0 };

	if (j->user != NULL)
		hrd_user_become(j->user, &self);
	if (hrd_generation_load(&load, out) != HRD_OK)
		*out = NULL;
	if (!hrd_user_return(&self))
		hrd_findings_add(j->findings, true, NULL, 0, "system",
		    "cannot be root again after user %s: %s", j->user->name, strerror(errno));
}

bool
hrd_review_all(struct hrd_review *j, struct hrd_generation **out)
{
	bool readable;

	*out = NULL;
	readable = judge_files(j);
	if (j->host != NULL)
		judge_order(j);
	/* Faults that stand between files: two policies of one id, say. */
	if (readable && (j->findings->errors == 0 || j->asks || j->host != NULL))
		load_as_server(j, out);
	if (j->host != NULL && *out != NULL)
		judge_hidden(j, *out);
	return readable;
}
