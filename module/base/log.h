/* SPDX-License-Identifier: BSD-3-Clause */
/* One line to the operator.
 *
 * Where lines go the program says: the module to the server's log (module/host/serverlog.h), others
 * as they like. A thread can collect its own lines instead and decide later. Threads: any. */
#ifndef HRD_MODULE_BASE_LOG_H
#define HRD_MODULE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hrd_log_level {
	HRD_LOG_ERROR,
	HRD_LOG_WARNING,
	HRD_LOG_NOTICE, /* what happens once: a start, a load */
	HRD_LOG_DETAIL, /* only at a raised verbosity */
};

/* Logs one line, cut at 2047 octets. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
hrd_log(enum hrd_log_level level, const char *format, ...);

/* The same of what has a name among the audit events (module/report/audit.h): a static text; "": it
 * is none of them. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void
hrd_log_as(enum hrd_log_level level, const char *action, const char *format, ...);

/* What a line is about, for those who sort lines: texts are "" where there is nothing to report. */
enum { HRD_LOG_FILE_MAX = 256, HRD_LOG_POLICY_MAX = 64, HRD_LOG_DIGEST_MAX = 80 };
struct hrd_log_subject {
	char file[HRD_LOG_FILE_MAX];
	char policy[HRD_LOG_POLICY_MAX];
	char digest[HRD_LOG_DIGEST_MAX]; /* of an image's rules, of what a file holds */
	uint32_t serial;
	bool has_serial;
	bool stays; /* serial and digest are of what was in force before, and is still */
};

/* The same, and what it is about. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void
hrd_log_about(enum hrd_log_level level, const char *action, const struct hrd_log_subject *subject,
    const char *format, ...);

/* Takes one line, without line feed. */
typedef void hrd_log_fn(void *ctx, enum hrd_log_level level, const char *text);

/* Where the lines of all threads go; NULL: nowhere. Before there are other threads. */
void hrd_log_to(hrd_log_fn *fn, void *ctx);

/* Is given the lines too, with the name of what they report, or NULL, and what they are about, or
 * NULL. It logs nothing itself: it is called with a lock held. */
typedef void hrd_log_listener_fn(void *ctx, enum hrd_log_level level, const char *action,
    const struct hrd_log_subject *subject, const char *text);

/* Who that is, without a line of its own; NULL: nobody. Waits for a line that is being given: the
 * former one is given none any more then. */
void hrd_log_listen(hrd_log_listener_fn *fn, void *ctx);

/* Lines that one thread has collected; zeroed there are none. They own memory until they are
 * printed or dropped. */
struct hrd_log_buffer {
	struct hrd_line *first, **end;
	size_t count;
	uint64_t digest; /* equal of equal lines */
};

/* What this thread logs goes there, until it is NULL again; not while it is printed or dropped.
 * Beyond a thousand lines, or without memory,
 * they are not kept, but make the digest differ. */
void hrd_log_collect(struct hrd_log_buffer *lines);

/* Logs what was collected, or drops it; empty afterwards. */
void hrd_log_buffer_print(struct hrd_log_buffer *lines);
void hrd_log_buffer_drop(struct hrd_log_buffer *lines);

#endif
