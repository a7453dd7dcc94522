/* SPDX-License-Identifier: BSD-3-Clause */
/* The module's settings: the YAML file named by $HRADBA_CONFIG, else sysconfdir/hradba/hradba.yaml.
 *
 * Parsing is strict: an unknown key, a wrong type or a value out of range is one line with
 * file:line:col and a stable id, and the whole file is refused. Settings are immutable once read.
 */
#ifndef HRD_MODULE_GENERATION_SETTINGS_H
#define HRD_MODULE_GENERATION_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	size_t key_count;
	/* the serial of the one image that may be older than what was in force */
	bool accepts_serial;
	uint32_t accept_serial;
	uint32_t line, col; /* of the entry, for diagnostics */
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
};

struct hrd_event_settings {
	const char *file;              /* absolute, or NULL: none are written */
	enum hrd_client_detail client; /* what is told of it */
	uint32_t rate;                 /* events a second */
};

struct hrd_settings {
	struct hrd_policy_settings *policies; /* in order of evaluation */
	size_t policy_count;
	enum hrd_mode mode; /* of clients in no group; OFF is everybody's: the kill switch */
	struct hrd_clients clients;
	const char *state_dir;          /* absolute, or NULL */
	const char *local_allow;        /* absolute, or NULL: the file of module/decide/allow.h */
	uint32_t allow_line, allow_col; /* where it is named */
	bool observe_all;               /* observe rules count answers from the host's cache too */
	struct hrd_answer_settings answer;
	struct hrd_metrics_settings metrics;
	struct hrd_event_settings events;
	enum hrd_missing on_missing;
	enum hrd_expired on_expired;
	uint32_t reload_interval;  /* ms between two loads */
	uint32_t sweep_interval;   /* seconds between two sweeps without a cause */
	struct hrd_yaml *document; /* holds every string */
};

/* The file that settings are read from; valid until the environment changes. */
const char *hrd_settings_path(void);

/* Reads and checks the file; each fault is said (module/base/log.h). restarted: the host was
 * reloaded, so what only reports must not keep away what enforces: a missing directory is warned
 * of. HRD_EINVAL: the file is refused; HRD_EIO, HRD_ELIMIT, HRD_ENOMEM, said as well.  *out is
 * freed by hrd_settings_free(). */
HRD_MUST_USE int hrd_settings_read(const char *path, bool restarted, struct hrd_settings **out);

void hrd_settings_free(struct hrd_settings *settings); /* NULL-safe */

#endif
