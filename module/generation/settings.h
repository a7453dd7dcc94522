/* SPDX-License-Identifier: BSD-3-Clause */
/* The module's settings: the YAML file named by $HRADBA_CONFIG, else sysconfdir/hradba/hradba.yaml.
 *
 * Parsing is strict: an unknown key, a wrong type or a value out of range is one line with
 * file:line:col and a stable id. Each top-level key stands alone: where one has a fault, the last
 * good value of that key stays and the rest is taken; so `mode:` holds whatever else is wrong. A
 * file that is no YAML changes nothing. Settings are immutable once read, and counted by those who
 * use them.
 *
 * Threads: any may read the file (the loader and the switch do), for what it makes is its own until
 * it is published; then it is read by any number. */
#ifndef HRD_MODULE_GENERATION_SETTINGS_H
#define HRD_MODULE_GENERATION_SETTINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/status.h"
#include "lib/crypto/signature.h"
#include "lib/name/name.h"
#include "module/decide/decide.h"
#include "module/generation/answer_settings.h"
#include "module/decide/groups.h"
#include "module/generation/reload_settings.h"

/* One entry of "policies". */
struct hrd_policy_settings {
	const char *path; /* absolute */
	const char *id;   /* the id that the image must have, or NULL */
	enum hrd_override_action override;
	struct hrd_name cname; /* of HRD_OVERRIDE_CNAME */
	/* one of them must have signed the image; none: unsigned ones are taken */
	struct hrd_public_key *keys;
	const char **key_paths; /* the file of each, absolute */
	size_t key_count;
	uint64_t keys_seen; /* what these files looked like before they were read */
	/* the serial of the one image that may be older than what was in force */
	bool accepts_serial;
	uint32_t accept_serial;
	uint32_t line, col; /* of the entry, for diagnostics */
};

/* A file of "local-allow", and where it is named. */
struct hrd_allow_path {
	const char *path; /* absolute */
	uint32_t line, col;
};

/* "metrics": the Prometheus text file. */
struct hrd_metrics_settings {
	const char *file;  /* absolute, or NULL: none is written */
	uint32_t interval; /* seconds between two pages */
};

/* "events": one line of JSON a match. */
enum hrd_client_detail {
	HRD_CLIENT_PREFIX = 0, /* of the client: its network, /24 or /56 */
	HRD_CLIENT_FULL,       /* its address */
	HRD_CLIENT_NONE,
	HRD_CLIENT_PSEUDONYM, /* one that stays the same (lib/crypto/ipcrypt.h) */
};

struct hrd_event_settings {
	const char *file;              /* absolute, or NULL: none are written */
	enum hrd_client_detail client; /* what is written of it */
	uint32_t rate;                 /* events a second */
	bool chain;                    /* each line is linked to the one before */
	const char *chain_key;         /* absolute, or NULL: the links have no key */
	const char *pseudonym_key;     /* absolute, or NULL; of HRD_CLIENT_PSEUDONYM */
};

/* The top-level keys. */
enum hrd_settings_key {
	HRD_SETTING_POLICIES,
	HRD_SETTING_MODE,
	HRD_SETTING_MODE_UNTIL,
	HRD_SETTING_MODE_OWNER,
	HRD_SETTING_MODE_REASON,
	HRD_SETTING_STATE_DIR,
	HRD_SETTING_ANSWER,
	HRD_SETTING_CLIENTS,
	HRD_SETTING_LOCAL_ALLOW,
	HRD_SETTING_EVENTS,
	HRD_SETTING_METRICS,
	HRD_SETTING_AUDIT,
	HRD_SETTING_HEARTBEAT,
	HRD_SETTING_ON_MISSING,
	HRD_SETTING_ON_EXPIRED,
	HRD_SETTING_OBSERVE,
	HRD_SETTING_RELOAD_INTERVAL,
	HRD_SETTING_SWEEP_INTERVAL,
	HRD_SETTINGS,
};

struct hrd_document; /* a parsed file, shared by all settings that have a value of it */

struct hrd_settings {
	struct hrd_policy_settings *policies; /* in order of evaluation */
	size_t policy_count;
	enum hrd_mode mode; /* of clients in no group; OFF is everybody's: the kill switch */
	/* who answers for a mode other than enforce, and its end: after it, enforce */
	struct hrd_exemption mode_exemption;
	struct hrd_client_settings clients;
	const char *state_dir;              /* absolute, or NULL */
	struct hrd_allow_path *local_allow; /* the files of module/decide/allow.h */
	size_t allow_count;
	bool observe_all; /* observe rules count answers from the host's cache too */
	struct hrd_answer_settings answer;
	struct hrd_metrics_settings metrics;
	struct hrd_event_settings events;
	const char *audit_file; /* absolute, or NULL: audit events go where the others go */
	uint32_t heartbeat;     /* seconds between two */
	enum hrd_missing on_missing;
	enum hrd_expired on_expired;
	uint32_t reload_interval; /* ms between two loads */
	uint32_t sweep_interval;  /* seconds between two sweeps without a cause */

	/* Where each value comes from; node NULL: it is the default. */
	struct {
		struct hrd_document *document;
		const struct hrd_yaml_node *node;
	} sources[HRD_SETTINGS];
	int fault;         /* HRD_OK: all comes from the file; else why something does not */
	bool passing;      /* that may pass without a change of the file */
	uint64_t seen;     /* hrd_settings_look() before the files were read */
	uint64_t contents; /* digest of what they held */
	atomic_uint users;
};

/* The file that settings are read from; never NULL, valid until the environment changes. */
const char *hrd_settings_path(void);

/* Reads and checks the file; each fault is logged (module/base/log.h).  former: in force now, whose
 * values stand in for those with a fault; NULL: a fault refuses the file.  now: in seconds since
 * the epoch; an end of the former mode that is over by then does not stand in.  server: who must
 * own the secrets that are named; NULL: this process.  *passing: the refusal may pass without a
 * change of the file. HRD_EINVAL: refused; HRD_ENOENT, HRD_EIO, HRD_ELIMIT, HRD_ENOMEM, logged as
 * well; HRD_ESTOP: the calling thread was told to end.  *out has one user. */
HRD_MUST_USE int hrd_settings_read(const char *path, const struct hrd_settings *former, int64_t now,
    const uid_t *server, bool *passing, struct hrd_settings **out);

/* Of that file its mode alone, with end, owner and reason, and all else of `former`, which is not
 * NULL: no other file is touched. Statuses and log as of hrd_settings_read(). */
HRD_MUST_USE int hrd_settings_read_mode(
    const char *path, const struct hrd_settings *former, int64_t now, struct hrd_settings **out);

/* Whether mode, end, owner and reason are the same. */
bool hrd_settings_modes_are_same(const struct hrd_settings *a, const struct hrd_settings *b);

/* Whether both are the same all through: of files that were only touched. */
bool hrd_settings_are_same(const struct hrd_settings *a, const struct hrd_settings *b);

/* What the file, and those of the keys of these settings, look like now. settings: or NULL. */
uint64_t hrd_settings_look(const struct hrd_settings *settings, const char *path);

/* The same settings, with the value that others have of one key; a mode comes with its end and who
 * answers for it. HRD_ENOMEM. *out has one user. */
HRD_MUST_USE int hrd_settings_with(const struct hrd_settings *settings,
    const struct hrd_settings *others, enum hrd_settings_key which, struct hrd_settings **out);

/* The mode that the settings come to at that time. */
enum hrd_mode hrd_settings_mode(const struct hrd_settings *settings, int64_t now);

void hrd_settings_hold(struct hrd_settings *settings);    /* one more user */
void hrd_settings_release(struct hrd_settings *settings); /* one less; NULL-safe */

#endif
