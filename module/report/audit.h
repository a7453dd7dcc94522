/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens to the enforcement itself, as events (dataset hradba.audit): starts and stops, what
 * is taken, refused, switched, exempted, and faults (doc/events.md has every field).
 *
 * Whoever sees it happen puts a record into a bounded queue; the reporter writes it, and tries
 * again until the file takes it. Any thread; putting takes a mutex for the time of a copy. */
#ifndef HRD_MODULE_REPORT_AUDIT_H
#define HRD_MODULE_REPORT_AUDIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/report/entry.h"
#include "module/report/metrics.h"

enum {
	HRD_AUDIT_QUEUED = 512,
	HRD_AUDIT_MESSAGE_MAX = 512,
	HRD_AUDIT_TEXT_MAX = 256,
	HRD_AUDIT_DIGEST_MAX = 80,
	HRD_AUDIT_WORD_MAX = 32,
};

/* Empty texts are not written. */
struct hrd_audit_event {
	struct hrd_audit_event *next; /* the queue's */
	int64_t time;                 /* microseconds since the epoch; the queue's, too */
	uint64_t sequence;
	const char *action; /* static: "mode-changed" */
	const char *type;   /* static, of event.type: "change" */
	const char *level;  /* static, of log.level: "error"; or NULL */
	bool failed;
	char message[HRD_AUDIT_MESSAGE_MAX]; /* in words, as the log has it */
	char reason[HRD_AUDIT_TEXT_MAX];     /* why it failed, or was done */
	char file[HRD_AUDIT_TEXT_MAX];
	char policy[HRD_AUDIT_TEXT_MAX];
	uint32_t serial, serial_before;
	bool has_serial, had_serial;
	char digest[HRD_AUDIT_DIGEST_MAX], digest_before[HRD_AUDIT_DIGEST_MAX];
	char mode[HRD_AUDIT_WORD_MAX], mode_before[HRD_AUDIT_WORD_MAX];
	char group[HRD_AUDIT_TEXT_MAX];
	char name[HRD_AUDIT_TEXT_MAX]; /* that is exempted */
	char owner[HRD_AUDIT_TEXT_MAX];
	char until[HRD_AUDIT_WORD_MAX];
	char keys[HRD_AUDIT_TEXT_MAX], keys_before[HRD_AUDIT_TEXT_MAX]; /* ids, comma between */
};

struct hrd_audit {
	pthread_mutex_t lock;
	struct hrd_audit_event *first, **end;
	size_t count;
	uint64_t sequence; /* of the last event */
	_Atomic uint64_t lost;
	atomic_bool wanted; /* some file takes them */
};

/* Before there are other threads, and after they are gone. */
void hrd_audit_init(struct hrd_audit *audit);
void hrd_audit_clear(struct hrd_audit *audit);

/* Puts a copy, numbered and with the present time. When the queue is full, or memory is short, it
 * is lost and counted. */
void hrd_audit_put(struct hrd_audit *audit, const struct hrd_audit_event *event);

/* The oldest, valid until hrd_audit_taken(); or NULL. The reporter's. */
const struct hrd_audit_event *hrd_audit_peek(struct hrd_audit *audit);
void hrd_audit_taken(struct hrd_audit *audit);

/* A number for a line of the reporter's own. */
uint64_t hrd_audit_number(struct hrd_audit *audit);

/* Copies a text, cut where it is too long; NULL: "". */
void hrd_audit_text(char *to, size_t size, const char *from);

/* One line, as hrd_event_line(). */
size_t hrd_audit_line(const struct hrd_audit_event *event, const struct hrd_event_source *source,
    char line[HRD_EVENT_LINE_MAX]);

/* One policy in force. */
struct hrd_heartbeat_policy {
	char id[HRD_AUDIT_TEXT_MAX];
	uint32_t serial;
	char digest[HRD_AUDIT_DIGEST_MAX]; /* of its rules */
};

/* That the server is alive, and in which state. */
struct hrd_heartbeat {
	int64_t time;
	uint64_t sequence;
	const char *action; /* "heartbeat", "start", "stop" */
	const char *mode;
	uint32_t interval;  /* seconds between two; 0: none are wanted */
	const char *key_id; /* of the chain's first key; or "" */
	uint64_t matches[HRD_OUTCOMES];
	uint64_t written, suppressed, dropped, audit_lost;
	const struct hrd_heartbeat_policy *policies;
	size_t policy_count;
	bool untried; /* the host is not the one that the module was built with */
};
/* The same; of the policies as many as there is room for, and the number of the others. */
size_t hrd_heartbeat_line(const struct hrd_heartbeat *beat, const struct hrd_event_source *source,
    char line[HRD_EVENT_LINE_MAX]);

#endif
