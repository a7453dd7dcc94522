/* SPDX-License-Identifier: BSD-3-Clause */
/* zones/popular.txt as text in the program: the guard works wherever the program is copied to. Made
 * at build time. A constant: pure. */
#ifndef HRD_RPZGEN_LIST_POPULAR_H
#define HRD_RPZGEN_LIST_POPULAR_H

extern const char hrd_popular_text[];

#endif
