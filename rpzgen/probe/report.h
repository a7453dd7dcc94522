/* SPDX-License-Identifier: BSD-3-Clause */
/* What a probe has found, for people (text), programs (JSON), test reports (JUnit XML) and
 * monitoring (Prometheus text). Texts are escaped as their form wants it. One thread. */
#ifndef HRD_RPZGEN_PROBE_REPORT_H
#define HRD_RPZGEN_PROBE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "lib/base/json.h"
#include "rpzgen/probe/probe.h"

enum { HRD_PROBE_SHOWN_MAX = 20 }; /* names of one server that the text shows */

/* A table of the servers, then the names that are not as they should be. */
void hrd_probe_print(const struct hrd_probe *probe, FILE *out);

/* As members of the object at hand (doc/json.md). */
void hrd_probe_members(const struct hrd_probe *probe, struct hrd_json *json);

/* A test suite a server, a test case a name. What goes wrong with the stream stays with it. */
void hrd_probe_junit(const struct hrd_probe *probe, FILE *out);

/* time: of the probe, seconds since the epoch. */
void hrd_probe_prometheus(const struct hrd_probe *probe, uint64_t time, FILE *out);

#endif
