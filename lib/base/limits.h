/* SPDX-License-Identifier: BSD-3-Clause */
/* Every ceiling, with its unit and reason. A test steps each at the limit and one above. Constants:
 * pure. */
#ifndef HRD_LIB_BASE_LIMITS_H
#define HRD_LIB_BASE_LIMITS_H

#define HRD_IMAGE_OCTETS_MAX \
	(1ull << 30)             /* of a policy image: 100 M names; a typo cannot fill memory */
#define HRD_RULES_MAX (1u << 28) /* rules of a set; the image has 30 bits */
#define HRD_RRS_PER_OWNER_MAX \
	1024u /* records of local data at one owner: an answer must fit 64 KiB */
#define HRD_RDATA_OCTETS_MAX 30000u    /* of a record of local data: ldns reads lines of 64 KiB */
#define HRD_SIGNATURE_OCTETS_MAX 4096u /* of the minisign text after an image */
#define HRD_META_TEXT_MAX 255u /* octets of one text of metadata: it must fit an EDE option */
#define HRD_YAML_OCTETS_MAX (16u << 20) /* of one YAML file */
#define HRD_YAML_DEPTH_MAX 16u          /* nested collections */
#define HRD_YAML_SCALAR_MAX 4096u       /* octets of one scalar */
#define HRD_YAML_NODES_MAX (2u << 20)   /* nodes of one document: bounds memory for hostile input */

#endif
