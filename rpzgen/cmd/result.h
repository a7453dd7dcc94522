/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of "result" that several commands have (doc/json.md): one form for each. One thread: that
 * of the JSON writer, which keeps its errors. Nothing is kept of what is given. */
#ifndef HRD_RPZGEN_CMD_RESULT_H
#define HRD_RPZGEN_CMD_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/json.h"
#include "lib/rules/rules.h"
#include "rpzgen/deliver/install.h"
#include "rpzgen/deliver/verify.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/rules/holes.h"

/* key: YYYY-MM-DDTHH:MM:SSZ; nothing for 0, which stands for "never". */
void hrd_result_time(struct hrd_json *json, const char *key, uint64_t seconds);

/* "rules" and "rules_by_trigger": what acts; "observed": what is only counted. STOP entries are no
 * rules. */
void hrd_result_rules(struct hrd_json *json, const struct hrd_ruleset *set);

/* "holes": how many; "hole_list": each, where it is asked for. */
void hrd_result_holes(struct hrd_json *json, const struct hrd_hole_list *holes, bool list);

/* "files": name, size and digest of each. */
void hrd_result_files(struct hrd_json *json, const struct hrd_manifest *manifest);

/* What was verified: kind, id, serial, rules, times, who signed, files. */
void hrd_result_verified(struct hrd_json *result, const struct hrd_verified *verified);

/* "installed": where, and as which generation. */
void hrd_result_install(struct hrd_json *result, const struct hrd_install *install);

#endif
