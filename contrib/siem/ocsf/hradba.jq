# SPDX-License-Identifier: BSD-3-Clause
# Matches as OCSF DNS Activity (class 4003, with the profile security_control), one object a line:
#   jq -c -f hradba.jq /var/log/hradba/events.json
# Lines of other datasets give nothing.
def rcode: {NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5};
def action: {enforced: [2, "Denied"], observed: [3, "Observed"], exempt: [1, "Allowed"]};
def disposition: {enforced: [2, "Blocked"], observed: [15, "Detected"], exempt: [1, "Allowed"]};

select(.event.dataset == "hradba.match" and .dns != null)
| (.["@timestamp"] | sub("\\.[0-9]+Z$"; "Z") | fromdateiso8601) as $seconds
| (.["@timestamp"] | capture("\\.(?<ms>[0-9]{3})").ms | tonumber) as $ms
| {
    class_uid: 4003,
    class_name: "DNS Activity",
    category_uid: 4,
    category_name: "Network Activity",
    activity_id: 6,
    activity_name: "Traffic",
    type_uid: 400306,
    severity_id: (if .event.action == "enforced" then 2 else 1 end),
    time: ($seconds * 1000 + $ms),
    metadata: {
      version: "1.3.0",
      profiles: ["security_control"],
      product: {
        name: .observer.product,
        vendor_name: .observer.vendor,
        version: .observer.version,
        uid: .observer.serial_number
      },
      log_name: .event.dataset,
      sequence: .event.sequence
    },
    query: {
      hostname: .dns.question.name,
      type: .dns.question.type,
      class: .dns.question.class
    },
    rcode: .dns.response_code,
    rcode_id: (if .dns.response_code == null then null else (rcode[.dns.response_code] // 99) end),
    src_endpoint: (if .client == null then null else {ip: .client.ip, port: .client.port} end),
    dst_endpoint: {ip: .server.ip, port: .server.port},
    connection_info: {
      direction_id: 1,
      protocol_name: .network.transport,
      protocol_num: (if .network.transport == "udp" then 17 else 6 end)
    },
    action_id: action[.event.action][0],
    action: action[.event.action][1],
    disposition_id: disposition[.event.action][0],
    disposition: disposition[.event.action][1],
    policy: {uid: .rule.ruleset, version: .rule.version, is_applied: (.event.action == "enforced")},
    firewall_rule: {uid: .rule.id, name: .rule.name, desc: .rule.description},
    status_detail: .event.reason,
    unmapped: .labels
  }
| del(.. | nulls)
