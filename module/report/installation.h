/* SPDX-License-Identifier: BSD-3-Clause */
/* The name of an installation: a random one, kept in a file from its first start, so that its
 * events belong together whatever the machine is called and whatever address it has. Threads: the
 * reporter's alone; reads and writes a file. */
#ifndef HRD_MODULE_REPORT_INSTALLATION_H
#define HRD_MODULE_REPORT_INSTALLATION_H

#include <stdbool.h>

#include "module/report/entry.h"

/* Reads the name, or makes it. False with errno set: there is none, id is "". */
bool hrd_installation_id(const char *path, char id[HRD_OBSERVER_TEXT_MAX]);

#endif
