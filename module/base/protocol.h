/* SPDX-License-Identifier: BSD-3-Clause */
/* The transports over which clients ask. Constants: pure. */
#ifndef HRD_MODULE_BASE_PROTOCOL_H
#define HRD_MODULE_BASE_PROTOCOL_H

/* How the query came. */
enum hrd_protocol {
	HRD_PROTOCOL_UDP,
	HRD_PROTOCOL_TCP,
	HRD_PROTOCOL_TLS,   /* DNS over TLS */
	HRD_PROTOCOL_HTTPS, /* DNS over HTTPS */
	HRD_PROTOCOL_QUIC,  /* DNS over QUIC */
};

#endif
