/* SPDX-License-Identifier: BSD-3-Clause */
/* What the text of a web address tells about how long it will show the same. Pure functions; they
 * take any text, ask nobody, and know an address only by its form. */
#ifndef HRD_RPZGEN_INVENTORY_WEBADDR_H
#define HRD_RPZGEN_INVENTORY_WEBADDR_H

#include <stdbool.h>

/* True when the address leads to a file at the tip of a branch of a code host, named main, master,
 * HEAD or refs/heads/...: tomorrow it may show something else, or nothing. */
bool hrd_webaddr_is_moving(const char *url);

/* True when the address is a site's home page, in a language or not: https://office.example/,
 * https://office.example/en, .../en/index.html. A query makes it another page. */
bool hrd_webaddr_is_home(const char *url);

#endif
