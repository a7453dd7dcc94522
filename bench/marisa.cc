// SPDX-License-Identifier: BSD-3-Clause
// marisa-trie from C: its defaults, mapped from memory as it would be from a file.
#include "bench/marisa.h"

#include <sstream>
#include <string>

#include <marisa.h>

struct bench_marisa {
	std::string octets;
	marisa::Trie trie;
	marisa::Agent agent; // its state is made once, not for each key
};

struct bench_marisa *
bench_marisa_make(
    size_t count, const char *(*get)(const void *ctx, size_t i, size_t *len), const void *ctx)
{
	try {
		marisa::Keyset keys;
		marisa::Trie trie;
		std::ostringstream file;
		struct bench_marisa *made = new struct bench_marisa;

		for (size_t i = 0; i < count; i++) {
			size_t len;
			const char *key = get(ctx, i, &len);

			keys.push_back(key, len);
		}
		trie.build(keys);
		file << trie;
		made->octets = file.str();
		made->trie.map(made->octets.data(), made->octets.size());
		return made;
	} catch (const std::exception &) {
		return NULL;
	}
}

bool
bench_marisa_find(const struct bench_marisa *made, const char *key, size_t len)
{
	marisa::Agent &agent = const_cast<marisa::Agent &>(made->agent);
	bool found = false;

	agent.set_query(key, len);
	while (made->trie.common_prefix_search(agent))
		found = true; // the deepest one decides, so all must be seen
	return found;
}

const void *
bench_marisa_octets(const struct bench_marisa *made, size_t *len)
{
	*len = made->octets.size();
	return made->octets.data();
}

void
bench_marisa_free(struct bench_marisa *made)
{
	delete made;
}
