/* SPDX-License-Identifier: BSD-3-Clause */
/* The inside of a load, for the files of this room: policies by path and id, whether the parts go
 * together, what follows from them. A generation in the making belongs to one thread. */
#ifndef HRD_MODULE_GENERATION_PARTS_H
#define HRD_MODULE_GENERATION_PARTS_H

#include "module/generation/generation.h"

/* The policy of that path; NULL when there is none. generation may be NULL. */
const struct hrd_held *hrd_held_find(const struct hrd_generation *generation, const char *path);

/* Whether its image was read anew, from the file that the settings name. */
bool hrd_held_is_fresh(const struct hrd_held *held, const struct hrd_load *load);

/* Whether a present key has signed the image of an entry of this generation, or none was asked for:
 * of what is named, a key of its entry; of what stays without being named, any of the settings. */
bool hrd_held_is_trusted(const struct hrd_generation *generation, const struct hrd_held *held);

/* What is asked for of its image. */
struct hrd_image_want hrd_held_want(const struct hrd_generation *generation,
    const struct hrd_held *held, const struct hrd_load *load);

/* Notes that a file is not in force, and whether that may pass; HRD_OK: nothing. */
void hrd_generation_note(struct hrd_generation *generation, int status, bool passing);

/* Sees to images that do not go together, to groups that choose what is not there, and to policies
 * that are missing. HRD_ENOMEM, and at a start the status of what refuses it. */
HRD_MUST_USE int hrd_generation_agree(
    struct hrd_generation *generation, const struct hrd_load *load);

/* Makes what follows from the parts at that time. previous: in force before, or NULL; what it had
 * too is not logged again. HRD_ENOMEM. Any
 * thread. */
HRD_MUST_USE int hrd_generation_derive(struct hrd_generation *generation,
    const struct hrd_generation *previous, int64_t now, const char *settings_path);

#endif
