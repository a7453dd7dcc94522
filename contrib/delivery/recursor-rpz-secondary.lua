-- SPDX-License-Identifier: BSD-3-Clause
-- PowerDNS Recursor (4.5 or later) with its policy by zone transfer: the file that lua-config-file
-- names. Only for the plain zone of a primary of your own, which serves what "rpzgen verify" has
-- let through (contrib/delivery/README.md): the Recursor takes the records at the apex of a signed
-- zone for data of the DNS root, or does not load it.
--
-- Before 5.5 a packet that was cached before a name was listed is served on for its TTL:
-- packetcache-ttl=60 bounds that.
--
-- @PRIMARY@  address:port where the zone comes from         192.0.2.2:53
-- @ZONE@     apex                                           deepseek.rpz
-- @SECRET@   file: the key's secret in base64, no more      /etc/powerdns/hradba.secret (mode 0640)
-- @REFRESH@  seconds between two looks for a change         30 (NOTIFY is taken from 5.1 on, with
--                                                               allow-notify-from)
-- @DIR@      where the policy is kept over restarts         /var/lib/pdns-recursor
rpzPrimary("@PRIMARY@", "@ZONE@", {
  policyName = "@ZONE@",
  tsigname = "hradba",
  tsigalgo = "hmac-sha256",
  tsigsecret = io.open("@SECRET@"):read("*l"),
  refresh = @REFRESH@,
  seedFile = "@DIR@/@ZONE@.rpz",
  dumpFile = "@DIR@/@ZONE@.rpz",
})
