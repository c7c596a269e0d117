/* A set of 128-bit keys: open addressing, 16 bytes a slot, at most three quarters full. What does not
 * fit into 16 bytes is put in as its SipHash under a key of this process: nobody can make two collide. */
#ifndef FUPIN_SERVER_KEY_SET_H
#define FUPIN_SERVER_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key {
	uint64_t words[2];
};

struct key_set {
	struct key *slots; /* all zero: free */
	size_t count, room;
};

/* The key of `kind` with two pieces of content. */
struct key key_make(char kind, const void *a, size_t a_size, const void *b, size_t b_size);

void key_set_free(struct key_set *set);
bool key_set_has(const struct key_set *set, const struct key *key);
/* False: no memory. What is in the set already stays. */
bool key_set_add(struct key_set *set, const struct key *key) __attribute__((warn_unused_result));
void key_set_remove(struct key_set *set, const struct key *key);

#endif
