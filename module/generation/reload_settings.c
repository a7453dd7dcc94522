/* SPDX-License-Identifier: BSD-3-Clause */
/* Readers of the settings of taking over files. */
#include <config.h>

#include "module/generation/reload_settings.h"

#include <string.h>

enum { INTERVAL_SECONDS_MAX = 3600, SWEEP_SECONDS_MAX = 86400, SECOND_MS = 1000, DECIMALS_MAX = 3 };

void
hrd_conf_on_missing(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = {
		{ "refuse", HRD_MISSING_REFUSE },
		{ "allow", HRD_MISSING_ALLOW },
		{ "servfail", HRD_MISSING_SERVFAIL },
	};
	int value = HRD_MISSING_REFUSE;

	hrd_conf_word(conf, node, words, sizeof(words) / sizeof(words[0]),
	    "refuse, allow or servfail", &value);
	*(enum hrd_missing *)target = (enum hrd_missing)value;
}

void
hrd_conf_on_expired(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	static const struct hrd_conf_word words[] = {
		{ "enforce", HRD_EXPIRED_ENFORCE },
		{ "observe", HRD_EXPIRED_OBSERVE },
	};
	int value = HRD_EXPIRED_ENFORCE;

	hrd_conf_word(
	    conf, node, words, sizeof(words) / sizeof(words[0]), "enforce or observe", &value);
	*(enum hrd_expired *)target = (enum hrd_expired)value;
}

/* The thousandths of "0.25": true when the text is digits with at most one point in between. */
static bool
thousandths(const char *text, uint32_t max, uint32_t *out)
{
	unsigned decimals = 0;
	bool point = false;
	uint32_t value = 0;

	for (; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || decimals == DECIMALS_MAX)
			return false;
		value = 10 * value + (uint32_t)(*text - '0');
		decimals += point;
		if (value > max)
			return false;
	}
	for (; decimals < DECIMALS_MAX; decimals++)
		value = value > max ? value : 10 * value;
	*out = value;
	return value <= max;
}

void
hrd_conf_reload_interval(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	const char *text = node->kind == HRD_YAML_SCALAR ? node->text : "";

	if (text[0] < '0' || text[0] > '9' || text[strlen(text) - 1] == '.' ||
	    !thousandths(text, INTERVAL_SECONDS_MAX * SECOND_MS, target))
		hrd_conf_type_fault(conf, node, "seconds, 0 to 3600, with up to three decimals");
}

void
hrd_conf_sweep_interval(struct hrd_conf *conf, const struct hrd_yaml_node *node, void *target)
{
	uint64_t value = 0;

	if (!hrd_yaml_uint(node, SWEEP_SECONDS_MAX, &value) || value == 0)
		hrd_conf_type_fault(conf, node, "seconds, 1 to 86400");
	*(uint32_t *)target = (uint32_t)value;
}
